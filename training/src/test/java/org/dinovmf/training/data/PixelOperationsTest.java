package org.dinovmf.training.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.dinovmf.ops.Golden;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every operation gives exactly what Pillow and torchvision give on the same photograph. */
class PixelOperationsTest {

  private static final Golden GOLDEN =
      Golden.referenceOrOwn(PixelOperationsTest.class, "pixel-operations");
  private static final int HEIGHT = (int) GOLDEN.shape("source").get(0);
  private static final int WIDTH = (int) GOLDEN.shape("source").get(1);

  @ParameterizedTest(name = "crop{0}")
  @CsvSource({
    "0, 20, 31, 77, 90, 96",
    "1, 0, 0, 120, 160, 64",
    "2, 50, 60, 30, 42, 64",
    "3, 10, 5, 100, 100, 24"
  })
  void cropIsResizedAsPillowDoes(int number, int top, int left, int height, int width, int size) {
    Region region = new Region(left, top, width, height);
    assertEqualsGolden("crop" + number, new Resampler().resize(source(), region, size, size));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.6, 1.4})
  void brightnessIsPillows(double factor) {
    int[] pixels = pixels();
    ColorOps.brightness(pixels, pixels.length, factor);
    assertEqualsGolden("brightness_" + factor, pixels);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.6, 1.4})
  void contrastIsPillows(double factor) {
    int[] pixels = pixels();
    ColorOps.contrast(pixels, pixels.length, factor);
    assertEqualsGolden("contrast_" + factor, pixels);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.8, 1.2})
  void saturationIsPillows(double factor) {
    int[] pixels = pixels();
    ColorOps.saturation(pixels, pixels.length, factor);
    assertEqualsGolden("saturation_" + factor, pixels);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 0.07})
  void hueIsTorchvisions(double turns) {
    int[] pixels = pixels();
    HueShift.apply(pixels, pixels.length, turns);
    assertEqualsGolden("hue_" + turns, pixels);
  }

  /** The photograph lacks some hues; the grid of make_images.py has all. */
  @Test
  void hueOfTheWholeColorCircleIsPillows() {
    byte[] expected = TestImages.read("hue-grid.rgb");
    int[] pixels = new int[expected.length];
    int i = 0;
    for (int red = 0; red < 256; red += 17) {
      for (int green = 0; green < 256; green += 17) {
        for (int blue = 0; blue < 256; blue += 17) {
          pixels[i++] = red;
          pixels[i++] = green;
          pixels[i++] = blue;
        }
      }
    }
    HueShift.apply(pixels, pixels.length, 0.3);
    for (int k = 0; k < pixels.length; k++) {
      assertEquals(expected[k] & 0xFF, pixels[k], "value " + k);
    }
  }

  /** A negative lower sum borrows from the upper one. */
  @Test
  void twoSumsInOneNumberAreTakenApart() {
    assertEquals(5, Resampler.upper((5L << 32) - 7));
    assertEquals(-5, Resampler.upper((-5L << 32) + 7));
    assertEquals(-6, Resampler.upper((-6L << 32) - 1));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.1, 0.7, 2.0})
  void blurIsPillows(double sigma) {
    int[] pixels = pixels();
    new GaussianBlur().apply(pixels, WIDTH, HEIGHT, 3, sigma);
    assertEqualsGolden("blur_" + sigma, pixels);
  }

  @Test
  void grayIsPillows() {
    int[] pixels = pixels();
    ColorOps.gray(pixels, pixels.length);
    assertEqualsGolden("grayscale", pixels);
  }

  @Test
  void solarizationIsPillows() {
    int[] pixels = pixels();
    ColorOps.solarize(pixels, pixels.length, 128);
    assertEqualsGolden("solarize_128", pixels);
  }

  @Test
  void mirrorIsPillows() {
    int[] pixels = pixels();
    ColorOps.mirror(pixels, WIDTH, HEIGHT, 3);
    assertEqualsGolden("flip", pixels);
  }

  private static int[] pixels() {
    return ints(GOLDEN.values("source"));
  }

  private static DecodedImage source() {
    int[] values = pixels();
    byte[] bytes = new byte[values.length];
    IntStream.range(0, values.length).forEach(i -> bytes[i] = (byte) values[i]);
    return DecodedImage.color(WIDTH, HEIGHT, bytes);
  }

  private static int[] ints(double[] values) {
    return Arrays.stream(values).mapToInt(value -> (int) value).toArray();
  }

  private static void assertEqualsGolden(String name, int[] actual) {
    int[] expected = ints(GOLDEN.values(name));
    int worst = 0;
    for (int i = 0; i < expected.length; i++) {
      worst = Math.max(worst, Math.abs(expected[i] - actual[i]));
    }
    assertEquals(0, worst, "greatest difference in gray levels");
    assertArrayEquals(expected, Arrays.copyOf(actual, expected.length));
  }
}
