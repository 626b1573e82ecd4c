package org.dinovmf.training.eval.linear;

import java.util.Arrays;
import org.dinovmf.training.eval.Workers;

/**
 * The regularized loss of multinomial logistic regression without an intercept, over n rows x_i of
 * class y_i:
 *
 * <pre>  f(W) = (1/n) sum_i [log sum_c exp(w_c.x_i) - w_{y_i}.x_i] + lambda / (2n) |W|^2</pre>
 *
 * <p>W is {@code [dim, classes]}, row after row. Every sum has one order, so that no value depends
 * on the number of threads.
 */
final class LogisticLoss implements SmoothFunction {

  /** Rows, or dimensions, that are worked on side by side, so that what they share stays cached. */
  private static final int BLOCK = 16;

  private final double[][] rows;
  private final int[] labels;
  private final int classes;
  private final double decay; // lambda / n
  private final Workers workers;
  private final double[][] residuals; // posterior less truth, over n
  private final double[] losses;

  /**
   * A loss.
   *
   * @param rows {@code [n, dim]}, not copied
   * @param labels of the rows, in [0, classes)
   */
  LogisticLoss(double[][] rows, int[] labels, int classes, double lambda, Workers workers) {
    this.rows = rows;
    this.labels = labels;
    this.classes = classes;
    this.decay = lambda / rows.length;
    this.workers = workers;
    this.residuals = new double[rows.length][classes];
    this.losses = new double[rows.length];
  }

  /** Number of values of W. */
  int size() {
    return rows[0].length * classes;
  }

  @Override
  public double evaluate(double[] weights, double[] gradient) {
    workers.run(rows.length, (from, to) -> forward(weights, from, to));
    workers.run(rows[0].length, (from, to) -> backward(weights, gradient, from, to));
    double loss = 0;
    for (double one : losses) {
      loss += one;
    }
    double squares = 0;
    for (double weight : weights) {
      squares += weight * weight;
    }
    return loss / rows.length + decay / 2 * squares;
  }

  /**
   * An upper bound of how far a value is above the minimum: |gradient|^2 over twice the curvature
   * that the decay alone has, since the rest is convex.
   */
  double excess(double[] gradient) {
    double squares = 0;
    for (double value : gradient) {
      squares += value * value;
    }
    return squares / (2 * decay);
  }

  private void forward(double[] weights, int from, int to) {
    int dim = rows[0].length;
    for (int begin = from; begin < to; begin += BLOCK) {
      int end = Math.min(to, begin + BLOCK);
      for (int i = begin; i < end; i++) {
        Arrays.fill(residuals[i], 0);
      }
      for (int d = 0; d < dim; d++) {
        for (int i = begin; i < end; i++) {
          double[] logits = residuals[i];
          double x = rows[i][d];
          int at = d * classes;
          for (int c = 0; c < classes; c++) {
            logits[c] += x * weights[at + c];
          }
        }
      }
      for (int i = begin; i < end; i++) {
        losses[i] = toResidual(residuals[i], labels[i]);
      }
    }
  }

  /** Turns logits into residuals and gives the cross-entropy. */
  private double toResidual(double[] logits, int label) {
    double largest = Double.NEGATIVE_INFINITY;
    for (double logit : logits) {
      largest = Math.max(largest, logit);
    }
    double own = logits[label] - largest;
    double sum = 0;
    for (int c = 0; c < logits.length; c++) {
      logits[c] = Math.exp(logits[c] - largest);
      sum += logits[c];
    }
    for (int c = 0; c < logits.length; c++) {
      logits[c] /= sum * rows.length;
    }
    logits[label] -= 1.0 / rows.length;
    return Math.log(sum) - own;
  }

  private void backward(double[] weights, double[] gradient, int from, int to) {
    for (int i = from * classes; i < to * classes; i++) {
      gradient[i] = decay * weights[i];
    }
    for (int begin = from; begin < to; begin += BLOCK) {
      int end = Math.min(to, begin + BLOCK);
      for (int i = 0; i < rows.length; i++) {
        double[] residual = residuals[i];
        for (int d = begin; d < end; d++) {
          double x = rows[i][d];
          int at = d * classes;
          for (int c = 0; c < classes; c++) {
            gradient[at + c] += x * residual[c];
          }
        }
      }
    }
  }
}
