package org.dinovmf.training.eval.linear;

import java.util.Arrays;
import org.dinovmf.training.eval.Workers;

/**
 * Multinomial logistic regression without an intercept, fitted to the minimum; see {@link
 * LogisticLoss} for the function. The published evaluation uses other solvers, which stop earlier;
 * the minimum is the same.
 *
 * @param weights {@code [dim][classes]}
 * @param loss the regularized loss at these weights
 * @param isConverged whether the loss is proven to exceed the minimum by no more than the tolerance
 */
@SuppressWarnings("ArrayRecordComponent") // a fitted model is not compared
public record LogisticRegression(double[][] weights, double loss, boolean isConverged) {

  /**
   * Fits a regression, from weights of 0, in double precision.
   *
   * @param rows {@code [n, dim]}, at least one row, finite
   * @param labels class of each row, in [0, classes)
   */
  public static LogisticRegression fit(
      double[][] rows, int[] labels, int classes, LogisticConfig config) {
    requireRows(rows, labels, classes);
    try (Workers workers = new Workers(config.threads())) {
      LogisticLoss loss = new LogisticLoss(rows, labels, classes, config.lambda(), workers);
      Lbfgs.Minimum minimum =
          Lbfgs.minimize(
              loss,
              new double[loss.size()],
              (value, gradient) -> loss.excess(gradient) <= config.tolerance() * value,
              config.maxIterations());
      double[][] weights = new double[rows[0].length][];
      for (int d = 0; d < weights.length; d++) {
        weights[d] = Arrays.copyOfRange(minimum.point(), d * classes, (d + 1) * classes);
      }
      return new LogisticRegression(weights, minimum.value(), minimum.isReached());
    }
  }

  private static void requireRows(double[][] rows, int[] labels, int classes) {
    if (rows.length == 0 || rows.length != labels.length) {
      throw new IllegalArgumentException(
          "there must be at least one row and a label for each: %d rows, %d labels"
              .formatted(rows.length, labels.length));
    }
    for (int i = 0; i < rows.length; i++) {
      if (rows[i].length != rows[0].length) {
        throw new IllegalArgumentException(
            "every row must have %d values as the first, but row %d has %d"
                .formatted(rows[0].length, i, rows[i].length));
      }
      if (labels[i] < 0 || labels[i] >= classes) {
        throw new IllegalArgumentException(
            "labels must be in [0, %d), but row %d has %d".formatted(classes, i, labels[i]));
      }
    }
  }

  /** The class with the highest logit; of equal ones the lower number. */
  public int classify(double[] row) {
    double[] logits = new double[weights[0].length];
    for (int d = 0; d < row.length; d++) {
      for (int c = 0; c < logits.length; c++) {
        logits[c] += row[d] * weights[d][c];
      }
    }
    int best = 0;
    for (int c = 1; c < logits.length; c++) {
      best = logits[c] > logits[best] ? c : best;
    }
    return best;
  }
}
