package org.dinovmf.training.data;

import java.util.Arrays;

/**
 * Resizes a region of a picture with an antialiased bicubic filter, as Pillow does: rows first,
 * then columns, weights of 22 bits after the point, and 8-bit values in between. Only pixels of the
 * region count, as if it had been cut out before. Keeps scratch memory, so each thread needs its
 * own.
 */
final class Resampler {

  private static final int HALF = 1 << (ResampleWeights.PRECISION_BITS - 1);

  private int[] narrowed = {};
  private int[] result = {};
  private int[] sums = {};

  /**
   * Resizes the region.
   *
   * @return {@code [height, width, 3]} values 0..255, in memory that the next call overwrites
   */
  int[] resize(RgbImage image, Region region, int width, int height) {
    int row = 3 * width;
    narrowed = atLeast(narrowed, row * region.height());
    result = atLeast(result, row * height);
    sums = atLeast(sums, row);
    if (region.width() == width) {
      copyRows(image, region, row);
    } else {
      narrow(image, region, ResampleWeights.of(region.width(), width), row);
    }
    if (region.height() == height) {
      System.arraycopy(narrowed, 0, result, 0, row * height);
    } else {
      shorten(ResampleWeights.of(region.height(), height), row);
    }
    return result;
  }

  private static int[] atLeast(int[] scratch, int length) {
    return scratch.length < length ? new int[length] : scratch;
  }

  private void copyRows(RgbImage image, Region region, int row) {
    byte[] pixels = image.pixels();
    for (int y = 0; y < region.height(); y++) {
      int source = 3 * ((region.top() + y) * image.width() + region.left());
      for (int i = 0; i < row; i++) {
        narrowed[row * y + i] = pixels[source + i] & 0xFF;
      }
    }
  }

  private void narrow(RgbImage image, Region region, ResampleWeights weights, int row) {
    byte[] pixels = image.pixels();
    int[] values = weights.values();
    for (int y = 0; y < region.height(); y++) {
      int source = 3 * ((region.top() + y) * image.width() + region.left());
      int target = row * y;
      for (int x = 0; x < weights.size(); x++) {
        int pixel = source + 3 * weights.first(x);
        int begin = x * weights.stride();
        int end = begin + weights.count(x);
        int red = HALF;
        int green = HALF;
        int blue = HALF;
        for (int k = begin; k < end; k++) {
          int weight = values[k];
          red += (pixels[pixel] & 0xFF) * weight;
          green += (pixels[pixel + 1] & 0xFF) * weight;
          blue += (pixels[pixel + 2] & 0xFF) * weight;
          pixel += 3;
        }
        narrowed[target++] = clip(red);
        narrowed[target++] = clip(green);
        narrowed[target++] = clip(blue);
      }
    }
  }

  /** Whole rows at a time, four to a loop, which the JIT vectorizes. */
  private void shorten(ResampleWeights weights, int row) {
    int[] values = weights.values();
    for (int y = 0; y < weights.size(); y++) {
      int source = row * weights.first(y);
      int begin = y * weights.stride();
      int count = weights.count(y);
      Arrays.fill(sums, 0, row, HALF);
      int k = 0;
      for (; k + 4 <= count; k += 4) {
        add4(narrowed, source, values, begin + k, sums, row);
        source += 4 * row;
      }
      for (; k < count; k++) {
        add1(narrowed, source, values[begin + k], sums, row);
        source += row;
      }
      store(sums, result, row * y, row);
    }
  }

  private static void add4(int[] from, int start, int[] weights, int at, int[] sums, int row) {
    int w0 = weights[at];
    int w1 = weights[at + 1];
    int w2 = weights[at + 2];
    int w3 = weights[at + 3];
    int row1 = start + row;
    int row2 = row1 + row;
    int row3 = row2 + row;
    for (int i = 0; i < row; i++) {
      sums[i] +=
          w0 * from[start + i] + w1 * from[row1 + i] + w2 * from[row2 + i] + w3 * from[row3 + i];
    }
  }

  private static void add1(int[] from, int start, int weight, int[] sums, int row) {
    for (int i = 0; i < row; i++) {
      sums[i] += weight * from[start + i];
    }
  }

  private static void store(int[] sums, int[] to, int start, int row) {
    for (int i = 0; i < row; i++) {
      to[start + i] = Math.min(255, Math.max(0, sums[i] >> ResampleWeights.PRECISION_BITS));
    }
  }

  private static int clip(int sum) {
    return Math.min(255, Math.max(0, sum >> ResampleWeights.PRECISION_BITS));
  }
}
