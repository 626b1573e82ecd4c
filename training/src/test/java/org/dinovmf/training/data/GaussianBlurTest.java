package org.dinovmf.training.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.dinovmf.training.data.GaussianBlur.Box;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GaussianBlurTest {

  /** The fast loops for narrow boxes against the general one, picture borders included. */
  @ParameterizedTest(name = "{0} x {1}, sigma {2}")
  @CsvSource({
    "9, 7, 0.5",
    "9, 7, 2.0",
    "1, 1, 2.0",
    "2, 5, 2.0",
    "5, 2, 1.5",
    "3, 3, 2.4",
    "4, 1, 0.1"
  })
  void narrowBoxesEqualSlidingOnes(int width, int height, double sigma) {
    int[] pixels = random(3 * width * height);
    Box box = Box.of((float) sigma);
    assertTrue(box.radius() <= 1);
    int[] expected = pixels;
    for (int pass = 0; pass < 6; pass++) {
      int[] next = new int[pixels.length];
      for (int c = 0; c < 3; c++) {
        for (int line = 0; line < (pass < 3 ? height : width); line++) {
          int start = pass < 3 ? 3 * width * line + c : 3 * line + c;
          int stride = pass < 3 ? 3 : 3 * width;
          GaussianBlur.slide(expected, next, start, stride, pass < 3 ? width : height, box);
        }
      }
      expected = next;
    }
    int[] actual = new GaussianBlur().apply(pixels, width, height, sigma);
    assertArrayEquals(expected, Arrays.copyOf(actual, pixels.length));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.1, 0.7, 2.0, 3.0, 10.0, 60.0})
  void boxHasTheVarianceAskedFor(double sigma) {
    Box box = Box.of((float) sigma);
    double variance = 0;
    for (int i = 1; i <= box.radius(); i++) {
      variance += 2.0 * box.inner() * i * i;
    }
    variance += 2.0 * box.outer() * Math.pow(box.radius() + 1, 2);
    // Three passes; weights are rounded to 2^-24.
    assertEquals(sigma * sigma, 3 * variance / (1 << 24), 1e-4 * sigma * sigma + 1e-6);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.1, 1, 5, 100})
  void constantStaysConstant(double sigma) {
    int[] pixels = new int[3 * 5 * 4];
    Arrays.fill(pixels, 255);
    int[] blurred = new GaussianBlur().apply(pixels.clone(), 5, 4, sigma);
    assertArrayEquals(pixels, Arrays.copyOf(blurred, pixels.length));
  }

  private static int[] random(int count) {
    SplittableRandom random = new SplittableRandom(count);
    return random.ints(count, 0, 256).toArray();
  }
}
