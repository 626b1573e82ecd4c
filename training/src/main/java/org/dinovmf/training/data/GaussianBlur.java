package org.dinovmf.training.data;

import java.util.Arrays;

/**
 * Gaussian blur as Pillow does it: three box blurs along the rows, then three along the columns,
 * each rounded to 8 bits. A box may end within a pixel (extended box filter, Gwosdek et al. 2011),
 * so that any radius is met. Beyond the edge the outermost pixel is repeated. Keeps scratch memory,
 * so each thread needs its own.
 */
final class GaussianBlur {

  private static final int PASSES = 3;

  /** Weights have 24 bits after the point; 255 times their sum, 1, just fits 32 unsigned bits. */
  private static final int ONE = 1 << 24;

  private static final int HALF = ONE / 2;

  // Every row, and every shifted copy of one, is an array of its own: the JIT vectorizes a loop
  // only if it sees that all its arrays are read at the same place.
  private int[][] rows = {};
  private int[][] otherRows = {};
  private int[] padded = {};
  private int[] line = {};
  private int[] sum = {};
  private int[] left = {};
  private int[] right = {};

  /**
   * One box.
   *
   * @param radius whole pixels on each side of the middle one
   * @param inner weight of those pixels
   * @param outer weight of the pixel beyond them on each side
   */
  record Box(int radius, int inner, int outer) {

    /** The box that, applied three times, has the variance {@code sigma * sigma}. */
    static Box of(float sigma) {
      float variance = sigma * sigma / PASSES;
      float length = (float) Math.sqrt(12.0 * variance + 1.0);
      float whole = (float) Math.floor((length - 1.0) / 2.0);
      float part = (2 * whole + 1) * (whole * (whole + 1) - 3 * variance);
      part /= 6 * (variance - (whole + 1) * (whole + 1));
      float radius = whole + part;
      int inner = (int) (ONE / (radius * 2 + 1));
      int outer = (ONE - (((int) radius) * 2 + 1) * inner) / 2;
      return new Box((int) radius, inner, outer);
    }
  }

  /**
   * Blurs a picture in place.
   *
   * @param pixels {@code [height, width, channels]}, 0..255
   * @param sigma standard deviation in pixels; Pillow calls it radius
   */
  void apply(int[] pixels, int width, int height, int channels, double sigma) {
    Box box = Box.of((float) sigma);
    int row = channels * width;
    reserve(row, height, channels * (box.radius + 1));
    for (int y = 0; y < height; y++) {
      System.arraycopy(pixels, row * y, line, 0, row);
      for (int pass = 0; pass < PASSES; pass++) {
        blurLine(row, channels, box);
      }
      System.arraycopy(line, 0, rows[y], 0, row);
    }
    blurColumns(rows, otherRows, row, height, box);
    blurColumns(otherRows, rows, row, height, box);
    blurColumns(rows, otherRows, row, height, box);
    for (int y = 0; y < height; y++) {
      System.arraycopy(otherRows[y], 0, pixels, row * y, row);
    }
  }

  private void reserve(int row, int height, int padding) {
    if (line.length < row || rows.length < height) {
      int length = Math.max(row, line.length);
      int count = Math.max(height, rows.length);
      rows = new int[count][length];
      otherRows = new int[count][length];
      line = new int[length];
      sum = new int[length];
      left = new int[length];
      right = new int[length];
    }
    int needed = row + 2 * padding;
    if (padded.length < needed) {
      padded = new int[needed];
    }
  }

  /** Extends the row on each side by what a box at its end sees. */
  private void blurLine(int row, int channels, Box box) {
    int padding = channels * (box.radius + 1);
    System.arraycopy(line, 0, padded, padding, row);
    for (int i = 0; i < padding; i++) {
      padded[i] = line[i % channels];
      padded[padding + row + i] = line[row - channels + i % channels];
    }
    System.arraycopy(padded, channels, sum, 0, row);
    for (int shift = 2; shift <= 2 * box.radius + 1; shift++) {
      System.arraycopy(padded, channels * shift, left, 0, row);
      add(sum, left, row);
    }
    System.arraycopy(padded, 0, left, 0, row);
    System.arraycopy(padded, 2 * padding, right, 0, row);
    mix(sum, left, right, line, row, box);
  }

  private void blurColumns(int[][] from, int[][] to, int row, int height, Box box) {
    Arrays.fill(sum, 0, row, 0);
    for (int y = -box.radius; y <= box.radius; y++) {
      add(sum, from[clamp(y, height)], row);
    }
    for (int y = 0; y < height; y++) {
      int[] below = from[clamp(y + box.radius + 1, height)];
      mix(sum, from[clamp(y - box.radius - 1, height)], below, to[y], row, box);
      slide(sum, from[clamp(y - box.radius, height)], below, row);
    }
  }

  private static void mix(int[] sum, int[] left, int[] right, int[] to, int count, Box box) {
    int inner = box.inner;
    int outer = box.outer;
    for (int i = 0; i < count; i++) {
      to[i] = (inner * sum[i] + outer * (left[i] + right[i]) + HALF) >>> 24;
    }
  }

  private static void add(int[] sum, int[] row, int count) {
    for (int i = 0; i < count; i++) {
      sum[i] += row[i];
    }
  }

  private static void slide(int[] sum, int[] leaves, int[] enters, int count) {
    for (int i = 0; i < count; i++) {
      sum[i] += enters[i] - leaves[i];
    }
  }

  private static int clamp(int position, int length) {
    return Math.max(0, Math.min(length - 1, position));
  }
}
