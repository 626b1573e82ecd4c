package org.dinovmf.tools.demo;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Nearest rows by cosine, for the few pictures that the page shows. */
final class Neighbors {

  private Neighbors() {}

  /**
   * Positions of the {@code count} rows of {@code bank} nearest to {@code query}, nearest first.
   */
  static List<Integer> nearest(List<float[]> bank, float[] query, int count) {
    double[] cosine = new double[bank.size()];
    for (int i = 0; i < bank.size(); i++) {
      cosine[i] = dot(bank.get(i), query) / Math.sqrt(dot(bank.get(i), bank.get(i)));
    }
    return IntStream.range(0, bank.size())
        .boxed()
        .sorted(Comparator.comparingDouble((Integer i) -> cosine[i]).reversed())
        .limit(count)
        .toList();
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
