package org.dinovmf.training.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.dinovmf.graph.preprocessing.Channels;
import org.dinovmf.training.data.MultiCropConfig.Blur;
import org.dinovmf.training.data.MultiCropConfig.Crop;
import org.dinovmf.training.data.MultiCropConfig.Jitter;
import org.dinovmf.training.data.MultiCropConfig.Solarize;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
    DecodedImage image = image(SIDE, SIDE);
    for (int view = 0; view < 3; view++) {
      assertArrayEquals(image.pixels(), crop(IDENTITY, image, view));
    }
  }

  @Test
  void onlyTheSecondGlobalCropIsSolarized() {
    MultiCropConfig config = with(new Solarize(1, 0), IDENTITY.blur());
    DecodedImage image = image(SIDE, SIDE);
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
    DecodedImage image = image(SIDE, SIDE);
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
    DecodedImage image = DecodedImage.color(4, 4, pixels);
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
    DecodedImage image = image(SIDE, SIDE);
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
    DecodedImage image = image(SIDE, SIDE);
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
    DecodedImage small = image(7, 5);
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

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void grayIsCroppedAsAColorImageOfEqualChannels(int view) {
    DecodedImage gray = plane(0);
    byte[] repeated = new byte[3 * gray.pixels().length];
    for (int i = 0; i < repeated.length; i++) {
      repeated[i] = gray.pixels()[i / 3];
    }
    DecodedImage color = DecodedImage.color(gray.width(), gray.height(), repeated);
    for (int epoch = 0; epoch < 20; epoch++) { // with and without each of the operations
      byte[] ofColor = cropOf(MultiCropConfig.dino(), color, epoch, view);
      byte[] ofGray = cropOf(MultiCropConfig.dino(), gray, epoch, view);
      for (int i = 0; i < ofColor.length; i++) {
        assertEquals(ofColor[i], ofGray[i / 3], "epoch %d, value %d".formatted(epoch, i));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void opacityIsCroppedByItselfAndColorAsIfThereWereNone(int view) {
    DecodedImage color = image(50, 40);
    DecodedImage alpha = plane(1);
    byte[] both = new byte[4 * 50 * 40];
    for (int i = 0; i < 50 * 40; i++) {
      System.arraycopy(color.pixels(), 3 * i, both, 4 * i, 3);
      both[4 * i + 3] = alpha.pixels()[i];
    }
    DecodedImage image = new DecodedImage(50, 40, Channels.COLOR_AND_ALPHA, both);
    MultiCropConfig dino = MultiCropConfig.dino();
    MultiCropConfig withoutColors =
        new MultiCropConfig(
            dino.global(),
            dino.local(),
            dino.localCrops(),
            dino.minAspect(),
            dino.maxAspect(),
            dino.flipProbability(),
            new MultiCropConfig.Jitter(dino.jitter().probability(), 0, 0, 0, 0),
            dino.grayProbability(),
            dino.blur(),
            new MultiCropConfig.Solarize(dino.solarize().probability(), 256));
    for (int epoch = 0; epoch < 20; epoch++) {
      byte[] crop = cropOf(dino, image, epoch, view);
      byte[] colors = cropOf(dino, color, epoch, view);
      byte[] alphas = cropOf(withoutColors, alpha, epoch, view);
      for (int i = 0; i < crop.length; i++) {
        assertEquals(
            i % 4 == 3 ? alphas[i / 4] : colors[i / 4 * 3 + i % 4],
            crop[i],
            "epoch %d, value %d".formatted(epoch, i));
      }
    }
  }

  private static byte[] cropOf(MultiCropConfig config, DecodedImage image, int epoch, int view) {
    int side = config.crop(view).pixels();
    byte[] crop = new byte[image.channels().count() * side * side];
    new MultiCrop(config, 3).apply(image, epoch, "x", view, crop, 0);
    return crop;
  }

  /** A gray image of 50 x 40 pixels. */
  private static DecodedImage plane(long seed) {
    byte[] pixels = new byte[50 * 40];
    new SplittableRandom(seed).nextBytes(pixels);
    return new DecodedImage(50, 40, Channels.GRAY, pixels);
  }

  private static byte[] crop(MultiCropConfig config, DecodedImage image, int view) {
    byte[] crop = new byte[3 * SIDE * SIDE];
    new MultiCrop(config, 3).apply(image, 0, "x", view, crop, 0);
    return crop;
  }

  private static DecodedImage image(int width, int height) {
    byte[] pixels = new byte[3 * width * height];
    new SplittableRandom(width).nextBytes(pixels);
    return DecodedImage.color(width, height, pixels);
  }
}
