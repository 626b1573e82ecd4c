package org.dinovmf.training.eval.linear;

import java.util.List;

/**
 * A linear classifier of features: logits are features times weights plus bias.
 *
 * @param weights {@code [classes][dim]}
 * @param bias {@code [classes]}
 * @param classes name of each class
 * @param features kind of the features that it takes
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, not compared
public record LinearHead(float[][] weights, float[] bias, List<String> classes, String features) {

  public LinearHead {
    classes = List.copyOf(classes);
    if (classes.isEmpty() || weights.length != classes.size() || bias.length != classes.size()) {
      throw new IllegalArgumentException(
          "weights and bias must have a row for each class: %d rows, %d biases, %d classes"
              .formatted(weights.length, bias.length, classes.size()));
    }
    for (float[] row : weights) {
      if (row.length != weights[0].length) {
        throw new IllegalArgumentException(
            "every row of weights must have %d values as the first, but one has %d"
                .formatted(weights[0].length, row.length));
      }
    }
  }

  /** Width of the features. */
  public int dim() {
    return weights[0].length;
  }

  /** The logit of each class. */
  public float[] logits(float[] row) {
    if (row.length != dim()) {
      throw new IllegalArgumentException(
          "features must have %d values, but have %d".formatted(dim(), row.length));
    }
    float[] logits = bias.clone();
    for (int c = 0; c < logits.length; c++) {
      double sum = 0;
      for (int d = 0; d < row.length; d++) {
        sum += (double) row[d] * weights[c][d];
      }
      logits[c] += (float) sum;
    }
    return logits;
  }
}
