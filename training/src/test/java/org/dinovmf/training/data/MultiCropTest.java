package org.dinovmf.training.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.dinovmf.training.data.MultiCropConfig.Blur;
import org.dinovmf.training.data.MultiCropConfig.Crop;
import org.dinovmf.training.data.MultiCropConfig.Jitter;
import org.dinovmf.training.data.MultiCropConfig.Solarize;
import org.junit.jupiter.api.Test;

class MultiCropTest {

  private static final int SIDE = 8;

  /** Nothing but resizing the whole image, which has the size of the crop. */
  private static final MultiCropConfig IDENTITY =
      new MultiCropConfig(
          new Crop(SIDE, 1, 1),
          new Crop(SIDE, 1, 1),
          1,
          1,
          1,
          0,
          new Jitter(0, 0.4, 0.4, 0.2, 0.1),
          0,
          new Blur(0, 0, 0, 0.1, 2),
          new Solarize(0, 128));

  @Test
  void withoutProbabilitiesACropIsTheImage() {
    RgbImage image = image(SIDE, SIDE);
    for (int view = 0; view < 3; view++) {
      assertArrayEquals(image.pixels(), crop(IDENTITY, image, view));
    }
  }

  @Test
  void onlyTheSecondGlobalCropIsSolarized() {
    MultiCropConfig config = with(new Solarize(1, 0), IDENTITY.blur());
    RgbImage image = image(SIDE, SIDE);
    byte[] inverted = new byte[image.pixels().length];
    for (int i = 0; i < inverted.length; i++) {
      inverted[i] = (byte) (255 - (image.pixels()[i] & 0xFF));
    }
    assertArrayEquals(image.pixels(), crop(config, image, 0));
    assertArrayEquals(inverted, crop(config, image, 1));
    assertArrayEquals(image.pixels(), crop(config, image, 2));
  }

  @Test
  void eachKindOfCropHasItsOwnBlur() {
    RgbImage image = image(SIDE, SIDE);
    for (int blurred = 0; blurred < 3; blurred++) {
      double[] probability = new double[3];
      probability[blurred] = 1;
      Blur blur = new Blur(probability[0], probability[1], probability[2], 1, 1);
      MultiCropConfig config = with(IDENTITY.solarize(), blur);
      for (int view = 0; view < 3; view++) {
        byte[] crop = crop(config, image, view);
        assertEquals(view != blurred, Arrays.equals(image.pixels(), crop), "view " + view);
      }
    }
  }

  @Test
  void everyOperationIsDrawnAsOftenAsItsProbability() {
    // A picture of one color, so that what a crop shows does not depend on the region.
    byte[] pixels = new byte[3 * 16];
    for (int i = 0; i < pixels.length; i += 3) {
      pixels[i] = (byte) 200;
      pixels[i + 1] = 60;
      pixels[i + 2] = 20;
    }
    RgbImage image = new RgbImage(4, 4, pixels);
    MultiCropConfig dino = MultiCropConfig.dino();
    MultiCropConfig config = dino.withCrops(new Crop(4, 0.4, 1), new Crop(4, 0.05, 0.4), 8);
    MultiCrop multiCrop = new MultiCrop(config, 1);
    byte[] crop = new byte[pixels.length];
    int trials = 20_000;
    int plain = 0;
    int gray = 0;
    int solarized = 0;
    for (int i = 0; i < trials; i++) {
      multiCrop.apply(image, i, "a", 0, crop, 0);
      plain += Arrays.equals(pixels, crop) ? 1 : 0;
      gray += crop[0] == crop[1] && crop[1] == crop[2] ? 1 : 0;
      multiCrop.apply(image, i, "a", 1, crop, 0);
      // Without jitter or gray, the red of 200 turns to 55 and the others stay.
      solarized += crop[0] == 55 && crop[1] == 60 && crop[2] == 20 ? 1 : 0;
    }
    // Five standard deviations of a share of 20,000 are below 0.018.
    assertEquals(0.2 * 0.8, plain / (double) trials, 0.018);
    assertEquals(0.2, gray / (double) trials, 0.018);
    assertEquals(0.2 * 0.8 * 0.2, solarized / (double) trials, 0.018);
  }

  @Test
  void halfOfTheCropsAreMirrored() {
    MultiCropConfig config =
        new MultiCropConfig(
            IDENTITY.global(),
            IDENTITY.local(),
            0,
            1,
            1,
            0.5,
            IDENTITY.jitter(),
            0,
            IDENTITY.blur(),
            IDENTITY.solarize());
    RgbImage image = image(SIDE, SIDE);
    int same = 0;
    for (int epoch = 0; epoch < 4000; epoch++) {
      byte[] crop = new byte[image.pixels().length];
      new MultiCrop(config, 9).apply(image, epoch, "x", 0, crop, 0);
      same += Arrays.equals(image.pixels(), crop) ? 1 : 0;
    }
    assertEquals(0.5, same / 4000.0, 0.04); // five standard deviations
  }

  @Test
  void jitterVariesInOrderAndStrength() {
    MultiCropConfig dino = MultiCropConfig.dino();
    MultiCropConfig config =
        new MultiCropConfig(
            IDENTITY.global(),
            IDENTITY.local(),
            0,
            1,
            1,
            0,
            new Jitter(1, 0.4, 0.4, 0.2, 0.1),
            0,
            new Blur(0, 0, 0, 0, 0),
            dino.solarize());
    RgbImage image = image(SIDE, SIDE);
    byte[] first = crop(config, image, 0);
    byte[] again = crop(config, image, 0);
    assertArrayEquals(first, again);
    byte[] otherEpoch = new byte[first.length];
    new MultiCrop(config, 3).apply(image, 1, "x", 0, otherEpoch, 0);
    assertFalse(Arrays.equals(first, otherEpoch));
    assertFalse(Arrays.equals(image.pixels(), first));
  }

  @Test
  void earlierCropsLeaveNoTrace() {
    MultiCropConfig config =
        MultiCropConfig.dino().withCrops(new Crop(16, 0.4, 1), new Crop(6, 0.05, 0.4), 2);
    RgbImage small = image(7, 5);
    byte[] expected = new byte[3 * 6 * 6];
    new MultiCrop(config, 3).apply(small, 0, "x", 3, expected, 0);
    MultiCrop used = new MultiCrop(config, 3);
    used.apply(image(40, 50), 5, "y", 0, new byte[3 * 16 * 16], 0);
    byte[] actual = new byte[3 * 6 * 6];
    used.apply(small, 0, "x", 3, actual, 0);
    assertArrayEquals(expected, actual);
  }

  private static MultiCropConfig with(Solarize solarize, Blur blur) {
    return new MultiCropConfig(
        IDENTITY.global(), IDENTITY.local(), 1, 1, 1, 0, IDENTITY.jitter(), 0, blur, solarize);
  }

  private static byte[] crop(MultiCropConfig config, RgbImage image, int view) {
    byte[] crop = new byte[3 * SIDE * SIDE];
    new MultiCrop(config, 3).apply(image, 0, "x", view, crop, 0);
    return crop;
  }

  private static RgbImage image(int width, int height) {
    byte[] pixels = new byte[3 * width * height];
    new SplittableRandom(width).nextBytes(pixels);
    return new RgbImage(width, height, pixels);
  }
}
