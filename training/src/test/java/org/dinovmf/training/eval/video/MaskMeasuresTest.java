package org.dinovmf.training.eval.video;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

final class MaskMeasuresTest {

  private static final String[] TRUTH = {
    "........", //
    "........",
    "..###...",
    "..###...",
    "..###...",
    "........",
    "........",
    "........"
  };

  /** Two columns further to the right: 3 of 15 pixels are common. */
  private static final String[] MOVED = {
    "........", //
    "........",
    "....###.",
    "....###.",
    "....###.",
    "........",
    "........",
    "........"
  };

  private static final String[] EMPTY = {
    "........", "........", "........", "........", "........", "........", "........", "........"
  };

  /** A pixel of the edge differs from that on the right, below, or below on the right. */
  @Test
  void edgeLiesAboveAndLeftOfTheObject() {
    assertArrayEquals(
        mask(
            "........",
            ".####...",
            ".#..#...",
            ".#..#...",
            ".####...",
            "........",
            "........",
            "........"),
        MaskMeasures.edge(mask(TRUTH), 8, 8));
  }

  /** Beyond the border there is nothing to differ from. */
  @Test
  void edgeStopsAtTheBorder() {
    assertArrayEquals(mask("#.", "##", ".."), MaskMeasures.edge(mask("#.", "#.", "##"), 2, 3));
  }

  @Test
  void regionIsIntersectionOverUnion() {
    assertEquals(3.0 / 15, MaskMeasures.region(mask(MOVED), mask(TRUTH)), 1e-15);
    assertEquals(0, MaskMeasures.region(mask(EMPTY), mask(TRUTH)));
    assertEquals(1, MaskMeasures.region(mask(EMPTY), mask(EMPTY)));
  }

  /**
   * The tolerance is one pixel, also for a diagonal of 11. Of the 12 pixels of either edge, 8 touch
   * the other.
   */
  @Test
  void boundaryCountsPixelsWithinTheTolerance() {
    assertEquals(8.0 / 12, MaskMeasures.boundary(mask(MOVED), mask(TRUTH), 8, 8), 1e-15);
    assertEquals(1, MaskMeasures.boundary(mask(TRUTH), mask(TRUTH), 8, 8));
  }

  /** A single pixel has an edge of 4; that of TRUTH around it has 12, of which 8 are within 1. */
  @Test
  void boundaryWeighsPrecisionAndRecall() {
    boolean[] dot =
        mask(
            "........",
            "........",
            "........",
            "...#....",
            "........",
            "........",
            "........",
            "........");
    // Edge of the dot: (2,2) (2,3) (3,2) (3,3), x first; of these (2,2) touches no pixel of the
    // outer ring but (1,2) and (2,1), as do (2,3), (3,2) and (3,3) theirs: precision 1. Of the ring
    // the four corners (1,1) (4,1) (1,4) (4,4) touch none: recall 8/12.
    assertEquals(
        2 * (8.0 / 12) / (1 + 8.0 / 12), MaskMeasures.boundary(dot, mask(TRUTH), 8, 8), 1e-15);
  }

  @Test
  void boundaryOfNothing() {
    assertEquals(1, MaskMeasures.boundary(mask(EMPTY), mask(EMPTY), 8, 8));
    assertEquals(0, MaskMeasures.boundary(mask(EMPTY), mask(TRUTH), 8, 8));
    assertEquals(0, MaskMeasures.boundary(mask(TRUTH), mask(EMPTY), 8, 8));
  }

  /** A diagonal of 250.2 pixels allows ceil(2.0016) = 3 of distance. */
  @Test
  void toleranceGrowsWithTheImage() {
    int width = 240;
    int height = 71;
    for (int shift = 1; shift <= 4; shift++) {
      boolean[] a = new boolean[width * height];
      boolean[] b = new boolean[width * height];
      for (int y = 0; y < height; y++) {
        for (int x = 100; x < width; x++) {
          a[y * width + x] = true;
          b[y * width + x] = x >= 100 + shift;
        }
      }
      assertEquals(shift <= 3 ? 1 : 0, MaskMeasures.boundary(a, b, width, height), "" + shift);
    }
  }

  /** Five frames: the first quarter is frames 1 and 2, the last 4 and 5. */
  @Test
  void summarizesFrames() {
    MeasureSummary five = MeasureSummary.ofFrames(new double[] {0.9, 0.8, 0.7, 0.5, 0.4});
    assertEquals(0.66, five.mean(), 1e-12);
    assertEquals(0.6, five.recall(), 1e-12);
    assertEquals(0.85 - 0.45, five.decay(), 1e-12);
    // Ten frames: bounds at 1, 3.25, 5.5, 7.75, 10, so 1 to 3 and 8 to 10.
    double[] falling = new double[10];
    for (int i = 0; i < falling.length; i++) {
      falling[i] = 1 - 0.1 * i;
    }
    assertEquals(0.9 - 0.2, MeasureSummary.ofFrames(falling).decay(), 1e-12);
    // Seven: bounds at 1, 2.5, 4, 5.5, 7; halves are rounded up, so 1 to 3 and 6 to 7.
    double[] seven = {0.9, 0.8, 0.4, 0, 0.6, 0.3, 0.1};
    assertEquals(0.7 - 0.2, MeasureSummary.ofFrames(seven).decay(), 1e-12);
    assertEquals(new MeasureSummary(1, 1, 0), MeasureSummary.ofFrames(new double[] {1}));
  }

  @Test
  void leavesOutTheFirstAndLastFrameAndCountsObjectsAlike() {
    MaskImage both = image("11..", "..22");
    MaskImage one = image("11..", "....");
    MaskImage none = image("....", "....");
    List<VideoScores.ObjectScores> objects =
        VideoScores.objects(List.of(none, both, one, none), List.of(both, both, both, both));
    VideoScores scores = VideoScores.of(objects);
    assertEquals(2, scores.objects());
    assertEquals(1, objects.get(0).region().mean());
    assertEquals(0.5, objects.get(1).region().mean());
    assertEquals(0.75, scores.region().mean());
    assertEquals(0.75, scores.region().recall());
    assertEquals((scores.region().mean() + scores.boundary().mean()) / 2, scores.mean());
  }

  /** As DAVIS has it: what appears later has no first mask to follow. */
  @Test
  void objectsAreThoseOfTheFirstFrame() {
    MaskImage one = image("11..", "....");
    MaskImage more = image("11..", "..22");
    assertEquals(
        1, VideoScores.objects(List.of(one, one, one, one), List.of(one, more, more, one)).size());
  }

  @Test
  void rejectsVideosThatCannotBeScored() {
    MaskImage mask = image("1.");
    assertEquals(
        "there must be at least 3 frames and a mask for each: 2 found, 2 true",
        assertThrows(
                IllegalArgumentException.class,
                () -> VideoScores.objects(List.of(mask, mask), List.of(mask, mask)))
            .getMessage());
    assertEquals(
        "masks of frame 1 must have equal sizes, but have 1 x 1 and 2 x 1",
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    VideoScores.objects(List.of(mask, image("1"), mask), List.of(mask, mask, mask)))
            .getMessage());
    assertThrows(IllegalArgumentException.class, () -> VideoScores.of(List.of()));
  }

  private static boolean[] mask(String... rows) {
    String all = String.join("", rows);
    boolean[] mask = new boolean[all.length()];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = all.charAt(i) == '#';
    }
    return mask;
  }

  private static MaskImage image(String... rows) {
    String all = String.join("", rows).replace('.', '0');
    return new MaskImage(rows[0].length(), rows.length, all.chars().map(c -> c - '0').toArray());
  }
}
