package org.dinovmf.training.eval;

import java.util.List;

/**
 * How weighted kNN votes.
 *
 * @param ks numbers of neighbors, each at least 1; one larger than the bank means the whole bank
 * @param temperature a neighbor's vote is exp(cosine / temperature)
 * @param threads that search at the same time, at least 1; without influence on the result
 */
public record KnnConfig(List<Integer> ks, double temperature, int threads) {

  /** The published value; Wu et al., "Unsupervised feature learning", CVPR 2018, section 3.4. */
  private static final double TEMPERATURE = 0.07;

  public KnnConfig {
    ks = List.copyOf(ks);
    if (ks.isEmpty() || ks.stream().anyMatch(k -> k < 1)) {
      throw new IllegalArgumentException("every k must be at least 1, and one is needed: " + ks);
    }
    if (!(temperature > 0) || !Double.isFinite(temperature)) {
      throw new IllegalArgumentException("temperature must be above 0, but is " + temperature);
    }
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1, but are " + threads);
    }
  }

  /** The published temperature. */
  public static KnnConfig published(List<Integer> ks, int threads) {
    return new KnnConfig(ks, TEMPERATURE, threads);
  }
}
