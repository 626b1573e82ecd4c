package org.dinovmf.tools.analysis;

import java.util.Arrays;
import org.dinovmf.training.eval.RankingMetrics;

/**
 * How well log p(y) tells images like those of training from others.
 *
 * @param auroc probability that one of the first has a higher density than one of the others
 * @param median density of the first, nats
 * @param otherMedian density of the others, nats
 */
public record OutOfDistribution(
    int images, int others, double auroc, double median, double otherMedian) {

  /** Compares densities; there is at least one on each side. */
  public static OutOfDistribution of(double[] densities, double[] otherDensities) {
    double[] all = Arrays.copyOf(densities, densities.length + otherDensities.length);
    System.arraycopy(otherDensities, 0, all, densities.length, otherDensities.length);
    boolean[] isFirst = new boolean[all.length];
    Arrays.fill(isFirst, 0, densities.length, true);
    return new OutOfDistribution(
        densities.length,
        otherDensities.length,
        RankingMetrics.auroc(all, isFirst),
        median(densities),
        median(otherDensities));
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** In one line. */
  public String line() {
    return "%d other images: AUROC %s; median log p(y) %s here, %s there"
        .formatted(
            others, Numbers.short3(auroc), Numbers.short3(median), Numbers.short3(otherMedian));
  }
}
