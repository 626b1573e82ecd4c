package org.dinovmf.tools.report;

/** Equal buckets between the least and the greatest value, as TensorBoard makes them. */
final class Histogram {

  /** TensorBoard's own number. */
  private static final int BUCKETS = 30;

  private Histogram() {}

  /**
   * Counts values; those that are not finite are left out.
   *
   * @return {@code [buckets][left edge, right edge, count]}; one bucket of width 1 where all values
   *     are equal, none where there is no value
   */
  static double[][] buckets(float[] values) {
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    int count = 0;
    for (float value : values) {
      if (Float.isFinite(value)) {
        min = Math.min(min, value);
        max = Math.max(max, value);
        count++;
      }
    }
    if (count == 0) {
      return new double[0][];
    }
    if (min == max) {
      return new double[][] {{min - 0.5, min + 0.5, count}};
    }
    double width = (max - min) / BUCKETS;
    double[][] buckets = new double[BUCKETS][3];
    for (int i = 0; i < BUCKETS; i++) {
      buckets[i][0] = min + i * width;
      buckets[i][1] = i == BUCKETS - 1 ? max : min + (i + 1) * width;
    }
    for (float value : values) {
      if (Float.isFinite(value)) {
        buckets[Math.min(BUCKETS - 1, (int) ((value - min) / width))][2]++;
      }
    }
    return buckets;
  }
}
