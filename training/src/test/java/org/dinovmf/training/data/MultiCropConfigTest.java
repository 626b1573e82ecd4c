package org.dinovmf.training.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.dinovmf.training.data.MultiCropConfig.Blur;
import org.dinovmf.training.data.MultiCropConfig.Crop;
import org.dinovmf.training.data.MultiCropConfig.Jitter;
import org.dinovmf.training.data.MultiCropConfig.Solarize;
import org.junit.jupiter.api.Test;

class MultiCropConfigTest {

  @Test
  void viewsHaveTheirOwnSizeAndBlur() {
    MultiCropConfig dino = MultiCropConfig.dino();
    assertEquals(10, dino.views());
    assertEquals(224, dino.crop(1).pixels());
    assertEquals(96, dino.crop(2).pixels());
    assertEquals(1.0, dino.blurProbability(0));
    assertEquals(0.1, dino.blurProbability(1));
    assertEquals(0.5, dino.blurProbability(2));
    assertEquals(0.5, dino.blurProbability(9));
  }

  @Test
  void reportsAllFaultsTogether() {
    assertEquals(
        "crop size must be 1 to 4096 pixels, but is 0; "
            + "crop scale must be 0 < min <= max <= 1, but is [0.5, 0.4]",
        message(() -> new Crop(0, 0.5, 0.4)));
    assertEquals(
        "jitter probability must lie in [0, 1], but is NaN; hue must be in [0, 0.5], but is 0.6",
        message(() -> new Jitter(Double.NaN, 0, 0, 0, 0.6)));
    assertEquals(
        "blur probability of the local crops must lie in [0, 1], but is 1.5; "
            + "blur radius must be 0 <= min <= max <= 100, but is [2.0, 1.0]",
        message(() -> new Blur(0, 0, 1.5, 2, 1)));
    assertEquals(
        "solarize threshold must be in [0, 256], but is 257", message(() -> new Solarize(1, 257)));
    MultiCropConfig dino = MultiCropConfig.dino();
    assertEquals(
        "localCrops must not be negative, but is -1",
        message(() -> dino.withCrops(dino.global(), dino.local(), -1)));
    assertEquals(
        "batch size must be 1 or more, but is 0; threads must be 1 or more, but is 0",
        message(() -> LoaderConfig.of(0, 1, 0)));
  }

  private static String message(Runnable maker) {
    return assertThrows(IllegalArgumentException.class, maker::run).getMessage();
  }
}
