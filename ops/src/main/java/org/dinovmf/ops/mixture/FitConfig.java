package org.dinovmf.ops.mixture;

/**
 * How a mixture is fitted.
 *
 * @param restarts how many starting points are tried, at least 1
 * @param maxIterations of each, at least 1
 * @param tolerance an iteration that gains less log-likelihood for each point is the last
 * @param pseudoCount added to each component's count when its concentration is estimated, at least
 *     0. The likelihood has no bound when a component shrinks to one point; a count above 0
 *     prevents that
 * @param seed of the starting points
 */
public record FitConfig(
    int restarts, int maxIterations, double tolerance, double pseudoCount, long seed) {

  public FitConfig {
    if (restarts < 1 || maxIterations < 1) {
      throw new IllegalArgumentException(
          "restarts and maxIterations must be at least 1, but are %d and %d"
              .formatted(restarts, maxIterations));
    }
    if (!(tolerance >= 0 && pseudoCount >= 0)) {
      throw new IllegalArgumentException(
          "tolerance and pseudoCount must be at least 0, but are %s and %s"
              .formatted(tolerance, pseudoCount));
    }
  }

  /** One point as the pseudo-count, which suffices to choose the number of components. */
  public static FitConfig standard(long seed) {
    return new FitConfig(5, 200, 1e-7, 1, seed);
  }

  /** The same without a pseudo-count. */
  FitConfig withoutPseudoCount() {
    return new FitConfig(restarts, maxIterations, tolerance, 0, seed);
  }
}
