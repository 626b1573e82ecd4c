package org.dinovmf.training.analysis;

import java.util.OptionalDouble;
import java.util.stream.IntStream;

/** Spearman's rank correlation: that of Pearson between ranks, equal values having their mean. */
public final class RankCorrelation {

  private RankCorrelation() {}

  /**
   * The correlation, from -1 to 1; nothing for fewer than three pairs, or where one side is
   * constant.
   *
   * @param a finite
   * @param b as many, finite
   */
  public static OptionalDouble of(double[] a, double[] b) {
    if (a.length != b.length) {
      throw new IllegalArgumentException(
          "ranks are compared in pairs, but there are %d and %d values"
              .formatted(a.length, b.length));
    }
    if (a.length < 3) {
      return OptionalDouble.empty();
    }
    double[] x = ranks(a);
    double[] y = ranks(b);
    double middle = (a.length - 1) / 2.0;
    double xx = 0;
    double yy = 0;
    double xy = 0;
    for (int i = 0; i < a.length; i++) {
      xx += (x[i] - middle) * (x[i] - middle);
      yy += (y[i] - middle) * (y[i] - middle);
      xy += (x[i] - middle) * (y[i] - middle);
    }
    return xx == 0 || yy == 0 ? OptionalDouble.empty() : OptionalDouble.of(xy / Math.sqrt(xx * yy));
  }

  /** From 0. */
  private static double[] ranks(double[] values) {
    int[] order =
        IntStream.range(0, values.length)
            .boxed()
            .sorted((i, j) -> Double.compare(values[i], values[j]))
            .mapToInt(Integer::intValue)
            .toArray();
    double[] ranks = new double[values.length];
    int first = 0;
    while (first < order.length) {
      int last = first;
      while (last + 1 < order.length && values[order[last + 1]] == values[order[first]]) {
        last++;
      }
      for (int place = first; place <= last; place++) {
        ranks[order[place]] = (first + last) / 2.0;
      }
      first = last + 1;
    }
    return ranks;
  }
}
