package org.dinovmf.training.data;

import java.util.Arrays;
import org.dinovmf.graph.preprocessing.Channels;

/**
 * Resizes a region of a picture with an antialiased bicubic filter, as Pillow 11 does: rows first,
 * then columns, weights of 22 bits after the point, and 8-bit values in between. Only pixels of the
 * region count, as if it had been cut out before. Keeps scratch memory, so each thread needs its
 * own.
 */
final class Resampler {

  private static final int HALF = 1 << (ResampleWeights.PRECISION_BITS - 1);

  /** {@link #HALF}, for rounding, in the lower and in the upper half. */
  private static final long BOTH_HALVES = HALF | ((long) HALF << 32);

  /** A pair of rows, a channel each. */
  private long[][] planes = {};

  // Each row is an array of its own: the JIT vectorizes a loop only if it sees that all its arrays
  // are read at the same place.
  private int[][] narrowed = {};
  private int[] result = {};
  private int[] sums = {};

  /**
   * Resizes the region.
   *
   * @return {@code [height, width, channels]} values 0..255, in memory that the next call
   *     overwrites
   */
  int[] resize(DecodedImage image, Region region, int width, int height) {
    int channels = image.channels().count();
    int row = channels * width;
    reserve(region, channels, row, height);
    if (region.width() == width) {
      copyRows(image, region, channels, row);
    } else {
      narrow(image, region, channels, ResampleWeights.of(region.width(), width));
    }
    if (region.height() == height) {
      for (int y = 0; y < height; y++) {
        System.arraycopy(narrowed[y], 0, result, row * y, row);
      }
    } else {
      shorten(ResampleWeights.of(region.height(), height), row);
    }
    return result;
  }

  private void reserve(Region region, int channels, int row, int height) {
    if (sums.length < row || narrowed.length < region.height()) {
      int length = Math.max(row, sums.length);
      narrowed = new int[Math.max(region.height(), narrowed.length)][length];
      sums = new int[length];
    }
    if (result.length < row * height) {
      result = new int[row * height];
    }
    if (planes.length < channels || planes[0].length < region.width()) {
      planes = new long[Math.max(channels, planes.length)][region.width()];
    }
  }

  private void copyRows(DecodedImage image, Region region, int channels, int row) {
    byte[] pixels = image.pixels();
    for (int y = 0; y < region.height(); y++) {
      int source = channels * ((region.top() + y) * image.width() + region.left());
      for (int i = 0; i < row; i++) {
        narrowed[y][i] = pixels[source + i] & 0xFF;
      }
    }
  }

  /**
   * Two rows at a time: the lower halves of 64-bit numbers hold one, the upper halves the other,
   * and one multiplication serves both. No sum leaves its 32 bits; see {@link
   * ResampleWeights#PRECISION_BITS}.
   */
  private void narrow(DecodedImage image, Region region, int channels, ResampleWeights weights) {
    for (int y = 0; y < region.height(); y += 2) {
      int other = Math.min(y + 1, region.height() - 1); // an odd last row goes with itself
      packRows(image, region, channels, y, other);
      if (channels == Channels.COLOR.count()) {
        narrowColors(weights, narrowed[y], narrowed[other]);
      } else {
        narrowPlanes(channels, weights, narrowed[y], narrowed[other]);
      }
    }
  }

  /** The usual case, a quarter faster than with a loop over the channels. */
  private void narrowColors(ResampleWeights weights, int[] lowerRow, int[] upperRow) {
    long[] red = planes[0];
    long[] green = planes[1];
    long[] blue = planes[2];
    int[] values = weights.values();
    int target = 0;
    for (int x = 0; x < weights.size(); x++) {
      int first = weights.first(x);
      int begin = x * weights.stride();
      int count = weights.count(x);
      long redSum = BOTH_HALVES;
      long greenSum = BOTH_HALVES;
      long blueSum = BOTH_HALVES;
      for (int k = 0; k < count; k++) {
        long weight = values[begin + k];
        redSum += red[first + k] * weight;
        greenSum += green[first + k] * weight;
        blueSum += blue[first + k] * weight;
      }
      lowerRow[target] = clip((int) redSum);
      lowerRow[target + 1] = clip((int) greenSum);
      lowerRow[target + 2] = clip((int) blueSum);
      upperRow[target] = clip(upper(redSum));
      upperRow[target + 1] = clip(upper(greenSum));
      upperRow[target + 2] = clip(upper(blueSum));
      target += 3;
    }
  }

  private void narrowPlanes(int channels, ResampleWeights weights, int[] lowerRow, int[] upperRow) {
    int[] values = weights.values();
    int target = 0;
    for (int x = 0; x < weights.size(); x++) {
      int first = weights.first(x);
      int begin = x * weights.stride();
      int count = weights.count(x);
      for (int c = 0; c < channels; c++) {
        long[] plane = planes[c];
        long sum = BOTH_HALVES;
        for (int k = 0; k < count; k++) {
          sum += plane[first + k] * values[begin + k];
        }
        lowerRow[target] = clip((int) sum);
        upperRow[target] = clip(upper(sum));
        target++;
      }
    }
  }

  private void packRows(DecodedImage image, Region region, int channels, int y, int other) {
    byte[] pixels = image.pixels();
    int lower = channels * ((region.top() + y) * image.width() + region.left());
    int upper = channels * ((region.top() + other) * image.width() + region.left());
    if (channels == Channels.COLOR.count()) {
      long[] red = planes[0];
      long[] green = planes[1];
      long[] blue = planes[2];
      for (int x = 0; x < region.width(); x++) {
        red[x] = pack(pixels[lower + 3 * x], pixels[upper + 3 * x]);
        green[x] = pack(pixels[lower + 3 * x + 1], pixels[upper + 3 * x + 1]);
        blue[x] = pack(pixels[lower + 3 * x + 2], pixels[upper + 3 * x + 2]);
      }
      return;
    }
    for (int c = 0; c < channels; c++) {
      long[] plane = planes[c];
      for (int x = 0; x < region.width(); x++) {
        plane[x] = pack(pixels[lower + channels * x + c], pixels[upper + channels * x + c]);
      }
    }
  }

  private static long pack(byte lower, byte upper) {
    return (lower & 0xFFL) | ((upper & 0xFFL) << 32);
  }

  /** The upper of two sums; a negative lower one has borrowed from it. */
  static int upper(long sums) {
    return (int) ((sums - (int) sums) >> 32);
  }

  /** Whole rows at a time, four to a loop. */
  private void shorten(ResampleWeights weights, int row) {
    int[] values = weights.values();
    for (int y = 0; y < weights.size(); y++) {
      int source = weights.first(y);
      int weight = y * weights.stride();
      int end = weight + weights.count(y);
      Arrays.fill(sums, 0, row, HALF);
      for (; weight + 4 <= end; weight += 4, source += 4) {
        add4(values, weight, source, row);
      }
      for (; weight < end; weight++, source++) {
        add1(sums, narrowed[source], values[weight], row);
      }
      finish(sums, row);
      System.arraycopy(sums, 0, result, row * y, row);
    }
  }

  private void add4(int[] values, int weight, int source, int row) {
    add4(
        sums,
        narrowed[source],
        narrowed[source + 1],
        narrowed[source + 2],
        narrowed[source + 3],
        values[weight],
        values[weight + 1],
        values[weight + 2],
        values[weight + 3],
        row);
  }

  private static void add4(
      int[] sums, int[] a, int[] b, int[] c, int[] d, int wa, int wb, int wc, int wd, int row) {
    for (int i = 0; i < row; i++) {
      sums[i] += wa * a[i] + wb * b[i] + wc * c[i] + wd * d[i];
    }
  }

  private static void add1(int[] sums, int[] a, int weight, int row) {
    for (int i = 0; i < row; i++) {
      sums[i] += weight * a[i];
    }
  }

  private static void finish(int[] sums, int row) {
    for (int i = 0; i < row; i++) {
      sums[i] = clip(sums[i]);
    }
  }

  private static int clip(int sum) {
    return Math.min(255, Math.max(0, sum >> ResampleWeights.PRECISION_BITS));
  }
}
