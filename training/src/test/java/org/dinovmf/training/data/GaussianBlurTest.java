package org.dinovmf.training.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.dinovmf.training.data.GaussianBlur.Box;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GaussianBlurTest {

  /** Against the definition: every value by itself, from clamped neighbors. */
  @ParameterizedTest(name = "{0} x {1}, sigma {2}")
  @CsvSource({
    "9, 7, 0.5",
    "9, 7, 2.0",
    "1, 1, 2.0",
    "2, 5, 2.0",
    "5, 2, 1.5",
    "4, 1, 0.1",
    "9, 7, 12"
  })
  void equalsItsDefinition(int width, int height, double sigma) {
    int[] pixels = random(3 * width * height);
    Box box = Box.of((float) sigma);
    int[] expected = pixels;
    for (int pass = 0; pass < 6; pass++) {
      int[] from = expected;
      int[] to = new int[pixels.length];
      for (int i = 0; i < to.length; i++) {
        boolean isAlongRow = pass < 3;
        int position = isAlongRow ? i / 3 % width : i / 3 / width;
        int last = (isAlongRow ? width : height) - 1;
        int stride = isAlongRow ? 3 : 3 * width;
        int start = i - position * stride;
        long sum = 1 << 23;
        for (int k = -box.radius() - 1; k <= box.radius() + 1; k++) {
          long weight = Math.abs(k) <= box.radius() ? box.inner() : box.outer();
          sum += weight * from[start + stride * Math.max(0, Math.min(last, position + k))];
        }
        to[i] = (int) (sum >> 24);
      }
      expected = to;
    }
    new GaussianBlur().apply(pixels, width, height, 3, sigma);
    assertArrayEquals(expected, pixels);
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
    int[] blurred = pixels.clone();
    new GaussianBlur().apply(blurred, 5, 4, 3, sigma);
    assertArrayEquals(pixels, blurred);
  }

  private static int[] random(int count) {
    SplittableRandom random = new SplittableRandom(count);
    return random.ints(count, 0, 256).toArray();
  }
}
