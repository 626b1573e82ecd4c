package org.dinovmf.training.eval.linear;

/** What is done to each row of features, by itself, before a logistic regression. */
public enum RowScaling {
  /** Divided by its length; the evaluation of DINO on 1 % of ImageNet. */
  UNIT("unit") {
    @Override
    double center(float[] row) {
      return 0;
    }
  },
  /** The mean of its own values taken out, then divided by its length; Assran et al. 2022. */
  CENTERED("centered") {
    @Override
    double center(float[] row) {
      double sum = 0;
      for (float value : row) {
        sum += value;
      }
      return sum / row.length;
    }
  };

  private final String label;

  RowScaling(String label) {
    this.label = label;
  }

  abstract double center(float[] row);

  /** The row in double precision; one without length stays 0. */
  public double[] apply(float[] row) {
    double center = center(row);
    double[] scaled = new double[row.length];
    double squares = 0;
    for (int d = 0; d < scaled.length; d++) {
      scaled[d] = row[d] - center;
      squares += scaled[d] * scaled[d];
    }
    double length = squares == 0 ? 1 : Math.sqrt(squares);
    for (int d = 0; d < scaled.length; d++) {
      scaled[d] /= length;
    }
    return scaled;
  }

  @Override
  public String toString() {
    return label;
  }
}
