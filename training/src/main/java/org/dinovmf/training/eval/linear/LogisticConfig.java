package org.dinovmf.training.eval.linear;

/**
 * How a logistic regression is fitted.
 *
 * @param lambda weight of the regularization, above 0; it is divided by the number of rows
 * @param tolerance share of the minimum by which the value may at most exceed it, above 0
 * @param maxIterations of L-BFGS, at least 1
 * @param threads that share the sums, at least 1; without influence on the result
 */
public record LogisticConfig(double lambda, double tolerance, int maxIterations, int threads) {

  /** Assran et al., "Masked Siamese Networks", ECCV 2022: the low-shot example of its code. */
  private static final double LAMBDA = 0.0025;

  /** Far below what moves a prediction, and still above rounding. */
  private static final double TOLERANCE = 1e-8;

  private static final int MAX_ITERATIONS = 5000;

  public LogisticConfig {
    if (!(lambda > 0) || !Double.isFinite(lambda)) {
      throw new IllegalArgumentException("lambda must be above 0, but is " + lambda);
    }
    if (!(tolerance > 0) || maxIterations < 1 || threads < 1) {
      throw new IllegalArgumentException(
          "tolerance must be above 0, iterations and threads at least 1: tolerance=%s, maxIterations=%d, threads=%d"
              .formatted(tolerance, maxIterations, threads));
    }
  }

  /** The published regularization of few-shot evaluation. */
  public static LogisticConfig published(int threads) {
    return new LogisticConfig(LAMBDA, TOLERANCE, MAX_ITERATIONS, threads);
  }

  /** The same with another regularization. */
  public LogisticConfig withLambda(double newLambda) {
    return new LogisticConfig(newLambda, tolerance, maxIterations, threads);
  }
}
