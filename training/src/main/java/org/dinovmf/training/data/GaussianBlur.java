package org.dinovmf.training.data;

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

  private int[] first = {};
  private int[] second = {};

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
   * Blurs a picture.
   *
   * @param pixels {@code [height, width, 3]}, 0..255
   * @param sigma standard deviation in pixels; Pillow calls it radius
   * @return the blurred values, in memory that the next call overwrites
   */
  int[] apply(int[] pixels, int width, int height, double sigma) {
    int count = 3 * width * height;
    if (first.length < count) {
      first = new int[count];
      second = new int[count];
    }
    Box box = Box.of((float) sigma);
    int[] source = pixels;
    for (int pass = 0; pass < 2 * PASSES; pass++) {
      int[] target = source == first ? second : first;
      if (pass < PASSES) {
        for (int y = 0; y < height; y++) {
          blurRow(source, target, 3 * width * y, width, box);
        }
      } else {
        blurColumns(source, target, width, height, box);
      }
      source = target;
    }
    return source;
  }

  private static void blurRow(int[] from, int[] to, int start, int width, Box box) {
    int margin = Math.min(width, box.radius + 1);
    int right = Math.max(margin, width - margin);
    if (box.radius > 1) {
      for (int c = 0; c < 3; c++) {
        slide(from, to, start + c, 3, width, box);
      }
      return;
    }
    for (int c = 0; c < 3; c++) {
      for (int x = 0; x < margin; x++) {
        to[start + 3 * x + c] = at(from, start + c, 3, width, x, box);
      }
      for (int x = right; x < width; x++) {
        to[start + 3 * x + c] = at(from, start + c, 3, width, x, box);
      }
    }
    int middle = start + 3 * margin;
    int count = 3 * (right - margin);
    if (box.radius == 0) {
      mix3(from, middle - 3, middle, middle + 3, to, middle, count, box);
    } else {
      mix5(from, middle - 6, middle - 3, middle, middle + 3, middle + 6, to, middle, count, box);
    }
  }

  private static void blurColumns(int[] from, int[] to, int width, int height, Box box) {
    int row = 3 * width;
    if (box.radius > 1) {
      for (int x = 0; x < row; x++) {
        slide(from, to, x, row, height, box);
      }
      return;
    }
    int last = row * (height - 1);
    for (int here = 0; here <= last; here += row) {
      int above = Math.max(0, here - row);
      int below = Math.min(last, here + row);
      if (box.radius == 0) {
        mix3(from, above, here, below, to, here, row, box);
      } else {
        int above2 = Math.max(0, here - 2 * row);
        int below2 = Math.min(last, here + 2 * row);
        mix5(from, above2, above, here, below, below2, to, here, row, box);
      }
    }
  }

  /** Neighbors a, b, c of {@code count} values; a plain loop, which the JIT vectorizes. */
  private static void mix3(
      int[] from, int a, int b, int c, int[] to, int target, int count, Box box) {
    int inner = box.inner;
    int outer = box.outer;
    for (int i = 0; i < count; i++) {
      to[target + i] = (inner * from[b + i] + outer * (from[a + i] + from[c + i]) + HALF) >>> 24;
    }
  }

  private static void mix5(
      int[] from, int a, int b, int c, int d, int e, int[] to, int target, int count, Box box) {
    int inner = box.inner;
    int outer = box.outer;
    for (int i = 0; i < count; i++) {
      to[target + i] =
          (inner * (from[b + i] + from[c + i] + from[d + i])
                  + outer * (from[a + i] + from[e + i])
                  + HALF)
              >>> 24;
    }
  }

  /** One value of a line of {@code length} values that are {@code stride} apart. */
  private static int at(int[] from, int start, int stride, int length, int position, Box box) {
    int sum = 0;
    for (int i = position - box.radius; i <= position + box.radius; i++) {
      sum += from[start + stride * clamp(i, length)];
    }
    int ends =
        from[start + stride * clamp(position - box.radius - 1, length)]
            + from[start + stride * clamp(position + box.radius + 1, length)];
    return (box.inner * sum + box.outer * ends + HALF) >>> 24;
  }

  /** A whole line for any radius, at the same cost: the sum of the box slides along. */
  static void slide(int[] from, int[] to, int start, int stride, int length, Box box) {
    int sum = 0;
    for (int i = -box.radius; i <= box.radius; i++) {
      sum += from[start + stride * clamp(i, length)];
    }
    for (int x = 0; x < length; x++) {
      int left = from[start + stride * clamp(x - box.radius - 1, length)];
      int right = from[start + stride * clamp(x + box.radius + 1, length)];
      to[start + stride * x] = (box.inner * sum + box.outer * (left + right) + HALF) >>> 24;
      sum += right - from[start + stride * clamp(x - box.radius, length)];
    }
  }

  private static int clamp(int position, int length) {
    return Math.max(0, Math.min(length - 1, position));
  }
}
