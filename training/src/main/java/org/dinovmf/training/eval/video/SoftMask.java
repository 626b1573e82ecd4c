package org.dinovmf.training.eval.video;

import java.util.Arrays;

/**
 * Labels of the patches of a frame.
 *
 * @param labels {@code [rows * columns][classes]}, in 0..1
 */
@SuppressWarnings("ArrayRecordComponent") // within the package, and not compared
record SoftMask(int columns, int rows, float[][] labels) {

  /**
   * The mask that they stand for, as the published code makes it: each class enlarged bilinearly,
   * spread over 0..1, then the highest taken, of equal ones the lower, and that resized to the
   * frame by the nearest pixel.
   *
   * @param patch side of a patch in pixels
   */
  MaskImage mask(int patch, int width, int height) {
    int wide = columns * patch;
    int high = rows * patch;
    int[] highest = new int[wide * high];
    float[] best = new float[wide * high];
    Arrays.fill(best, Float.NEGATIVE_INFINITY);
    for (int c = 0; c < labels[0].length; c++) {
      float[] enlarged = spread(enlarged(c, patch));
      for (int i = 0; i < enlarged.length; i++) {
        if (enlarged[i] > best[i]) {
          best[i] = enlarged[i];
          highest[i] = c;
        }
      }
    }
    return new MaskImage(wide, high, highest).nearest(width, height);
  }

  private float[] enlarged(int label, int patch) {
    int wide = columns * patch;
    float[] result = new float[wide * rows * patch];
    for (int y = 0; y < rows * patch; y++) {
      double atY = Math.max(0, (y + 0.5) / patch - 0.5);
      int y0 = (int) atY;
      int y1 = Math.min(rows - 1, y0 + 1);
      double dy = atY - y0;
      for (int x = 0; x < wide; x++) {
        double atX = Math.max(0, (x + 0.5) / patch - 0.5);
        int x0 = (int) atX;
        int x1 = Math.min(columns - 1, x0 + 1);
        double dx = atX - x0;
        double above =
            (1 - dx) * labels[y0 * columns + x0][label] + dx * labels[y0 * columns + x1][label];
        double below =
            (1 - dx) * labels[y1 * columns + x0][label] + dx * labels[y1 * columns + x1][label];
        result[y * wide + x] = (float) ((1 - dy) * above + dy * below);
      }
    }
    return result;
  }

  /** A class that is there at all is stretched to 0..1. */
  private static float[] spread(float[] values) {
    float lowest = Float.POSITIVE_INFINITY;
    float highest = Float.NEGATIVE_INFINITY;
    for (float value : values) {
      lowest = Math.min(lowest, value);
      highest = Math.max(highest, value);
    }
    float range = highest - lowest;
    if (highest <= 0 || range == 0) {
      return values;
    }
    for (int i = 0; i < values.length; i++) {
      values[i] = (values[i] - lowest) / range;
    }
    return values;
  }
}
