package org.dinovmf.tools.report;

import java.util.Arrays;

/** Order statistics of some numbers, linear between two of them, as NumPy's default. */
record Quantiles(double min, double p10, double median, double p90, double max) {

  static Quantiles of(float[] values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("quantiles need at least one value");
    }
    float[] sorted = values.clone();
    Arrays.sort(sorted);
    return new Quantiles(
        at(sorted, 0), at(sorted, 0.1), at(sorted, 0.5), at(sorted, 0.9), at(sorted, 1));
  }

  private static double at(float[] sorted, double share) {
    double position = share * (sorted.length - 1);
    int below = (int) position;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (position - below) * ((double) sorted[above] - sorted[below]);
  }
}
