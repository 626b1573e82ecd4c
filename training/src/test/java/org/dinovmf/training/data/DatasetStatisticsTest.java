package org.dinovmf.training.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetStatisticsTest {

  private static final ImageDecoder DECODER = new ImageDecoder(ScanLimits.standard(), 1);

  @TempDir Path temp;

  @AfterAll
  static void close() {
    DECODER.close();
  }

  @Test
  void matchesTwoPassSums() throws IOException {
    TestImages.writePng(temp.resolve("a.png"), 5, 3, 1);
    TestImages.writePng(temp.resolve("b.png"), 20, 20, 2);
    ImageIndex index = ImageIndexer.scan(List.of(temp), ScanLimits.standard(), 1);

    DatasetStatistics statistics = DatasetStatistics.measure(index, DECODER, 10, 1);

    assertEquals(2, statistics.images());
    for (int c = 0; c < 3; c++) {
      double mean = 0;
      for (ImageFile file : index.images()) {
        RgbImage image = DECODER.decode(file);
        for (int i = c; i < image.pixels().length; i += 3) {
          mean += (image.pixels()[i] & 0xFF) / 255.0 / image.width() / image.height() / 2;
        }
      }
      double variance = 0;
      for (ImageFile file : index.images()) {
        RgbImage image = DECODER.decode(file);
        for (int i = c; i < image.pixels().length; i += 3) {
          double gap = (image.pixels()[i] & 0xFF) / 255.0 - mean;
          variance += gap * gap / image.width() / image.height() / 2;
        }
      }
      assertEquals(mean, statistics.normalization().mean().get(c), 1e-12);
      assertEquals(Math.sqrt(variance), statistics.normalization().std().get(c), 1e-12);
    }
  }

  @Test
  void sampleHasTheSizeAskedForAndDependsOnTheSeed() throws IOException {
    for (int i = 0; i < 9; i++) {
      TestImages.writePng(temp.resolve(i + ".png"), 5, 3, i);
    }
    ImageIndex index = ImageIndexer.scan(List.of(temp), ScanLimits.standard(), 1);
    DatasetStatistics one = DatasetStatistics.measure(index, DECODER, 3, 1);
    assertEquals(3, one.images());
    assertEquals(one, DatasetStatistics.measure(index, DECODER, 3, 1));
    assertNotEquals(one, DatasetStatistics.measure(index, DECODER, 3, 2));
  }

  @Test
  void imagesThatCannotBeDecodedArePassedOver() throws IOException {
    TestImages.writePng(temp.resolve("a.png"), 5, 3, 1);
    TestImages.writePng(temp.resolve("b.png"), 5, 3, 2);
    ImageIndex index = ImageIndexer.scan(List.of(temp), ScanLimits.standard(), 1);
    Files.delete(temp.resolve("a.png"));
    assertEquals(1, DatasetStatistics.measure(index, DECODER, 10, 1).images());
    Files.delete(temp.resolve("b.png"));
    assertEquals(
        "none of the 2 images can be decoded",
        assertThrows(DataException.class, () -> DatasetStatistics.measure(index, DECODER, 10, 1))
            .getMessage());
  }
}
