package org.dinovmf.training.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dinovmf.training.data.MultiCropConfig.Crop;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegionTest {

  private static final double MIN_ASPECT = 3.0 / 4;
  private static final double MAX_ASPECT = 4.0 / 3;

  @Test
  void areaIsUniformAndAspectLogUniform() {
    Crop crop = new Crop(8, 0.2, 0.4); // every aspect fits, so that no try is lost
    CropRandom random = CropRandom.of(1, 0, "x", 0);
    int trials = 40_000;
    double area = 0;
    double areaSquare = 0;
    double logAspect = 0;
    double logAspectSquare = 0;
    double left = 0;
    for (int i = 0; i < trials; i++) {
      Region region = Region.random(1000, 1000, crop, MIN_ASPECT, MAX_ASPECT, random);
      double share = region.width() * region.height() / 1e6;
      double log = Math.log(region.width() / (double) region.height());
      area += share / trials;
      areaSquare += share * share / trials;
      logAspect += log / trials;
      logAspectSquare += log * log / trials;
      left += region.left() / (1000.0 - region.width()) / trials;
    }
    // Moments of uniform distributions; tolerances are five standard errors.
    double logWidth = Math.log(MAX_ASPECT) - Math.log(MIN_ASPECT);
    assertEquals(0.3, area, 0.0015);
    assertEquals(0.2 * 0.2 / 12, areaSquare - area * area, 0.0001);
    assertEquals(0, logAspect, 0.0042);
    assertEquals(logWidth * logWidth / 12, logAspectSquare, 0.0007);
    assertEquals(0.5, left, 0.0073);
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 500", "500, 1", "2, 3", "333, 7", "640, 480"})
  void liesInTheImage(int width, int height) {
    CropRandom random = CropRandom.of(1, 0, "x", 0);
    Crop crop = new Crop(8, 0.05, 1);
    for (int i = 0; i < 500; i++) {
      Region region = Region.random(width, height, crop, MIN_ASPECT, MAX_ASPECT, random);
      assertTrue(
          region.left() >= 0
              && region.top() >= 0
              && region.width() >= 1
              && region.height() >= 1
              && region.left() + region.width() <= width
              && region.top() + region.height() <= height,
          region.toString());
    }
  }

  /** By hand from torchvision's fall-back: the nearest aspect, in the middle, rounded down. */
  @ParameterizedTest
  @CsvSource({
    "100, 1000, 0, 433, 100, 133",
    "1000, 100, 433, 0, 133, 100",
    "100, 110, 0, 0, 100, 110"
  })
  void middleHasTheNearestAspect(int width, int height, int left, int top, int w, int h) {
    assertEquals(new Region(left, top, w, h), Region.middle(width, height, MIN_ASPECT, MAX_ASPECT));
  }
}
