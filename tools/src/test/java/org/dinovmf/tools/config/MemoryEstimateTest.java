package org.dinovmf.tools.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.dinovmf.graph.HeadConfig;
import org.dinovmf.graph.VitConfig;
import org.junit.jupiter.api.Test;

class MemoryEstimateTest {

  /** Width 8, 2 blocks, 2 heads; 4 patches in a global crop and 1 in a local one. */
  private static final MemoryEstimate SMALL =
      new MemoryEstimate(
          VitConfig.plain(8, 4, 8, 2, 2, 4, 3), new HeadConfig(8, 16, 4, 32), 8, 4, 3, 0, false);

  @Test
  void countsActivationsOfAllCrops() {
    // A global crop has 5 tokens: 2 blocks of 5 * (34 * 8 + 5 * 2 * 5) * 2 = 6,440 bytes; a local
    // one 2 tokens: 2 blocks of 2 * (34 * 8 + 5 * 2 * 2) * 2 = 2,336 bytes. Head: 5 rows of
    // the student and 2 of the teacher, each 4 * 6 * 16 = 384 bytes. Scores: 2 rows of the teacher
    // of 4 * 4 * 32 = 512 bytes, and 2 of the student of half of that.
    assertEquals(2 * 6440 + 3 * 2336 + 7 * 384 + 2 * 512 + 2 * 256, SMALL.bytesPerImage());
  }

  @Test
  void countsMaskedPatchesInBothNetworks() {
    MemoryEstimate masked = new MemoryEstimate(SMALL.encoder(), SMALL.head(), 8, 4, 3, 0.25, false);
    // Of 2 crops of 4 patches 2 are masked, each a row of the student and one of the teacher.
    assertEquals(SMALL.bytesPerImage() + 4 * 384 + 2 * 512, masked.bytesPerImage());
  }

  /** Of the 2 blocks the inputs are kept, of 5 * 8 * 4 and 2 * 8 * 4 bytes, and one block's all. */
  @Test
  void countsOneBlockWhereTheOthersAreComputedAgain() {
    double global = 2 * 160 + 3220;
    double local = 2 * 64 + 1168;
    assertEquals(
        2 * global + 3 * local + 7 * 384 + 2 * 512 + 2 * 256,
        SMALL.withActivationCheckpointing().bytesPerImage());
  }

  @Test
  void leavesRoomForTheWeights() {
    // Blocks: 2 * 12 * 8 * 8 = 1,536 numbers; patches 48 * 8 = 384; head 16 * (8 + 16 + 4) = 448
    // and 4 * 32 = 128 prototypes: 2,496 numbers of 4 bytes, 6 times, are 59,904 bytes. An image
    // takes 24,112; of 1,000,000 bytes 600,000 are used.
    assertEquals((600_000 - 59_904) / 24_112, SMALL.largestBatch(1_000_000));
  }

  @Test
  void isNeverLessThanOne() {
    assertEquals(1, SMALL.largestBatch(1));
  }
}
