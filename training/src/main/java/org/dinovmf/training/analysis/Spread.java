package org.dinovmf.training.analysis;

import java.util.List;

/**
 * How far embeddings on the unit sphere are apart in each dimension: the standard deviation over
 * the rows times the square root of the dimension, which is 1 on average where they are uniform and
 * 0 where all are one point; Chen and He, CVPR 2021, section 4.1.
 *
 * @param mean over the dimensions
 * @param smallest of a dimension
 */
public record Spread(double mean, double smallest) {

  /** Of rows of length 1, of which there is at least one. */
  public static Spread of(List<float[]> rows) {
    int dim = rows.get(0).length;
    double sum = 0;
    double smallest = Double.POSITIVE_INFINITY;
    for (int d = 0; d < dim; d++) {
      double mean = 0;
      for (float[] row : rows) {
        mean += (double) row[d] / rows.size();
      }
      double variance = 0;
      for (float[] row : rows) {
        variance += (row[d] - mean) * (row[d] - mean) / rows.size();
      }
      double spread = Math.sqrt(variance * dim);
      sum += spread;
      smallest = Math.min(smallest, spread);
    }
    return new Spread(sum / dim, smallest);
  }
}
