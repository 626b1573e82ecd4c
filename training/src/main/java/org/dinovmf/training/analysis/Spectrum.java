package org.dinovmf.training.analysis;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;

/** Principal components of rows: the eigenvectors of their covariance with divisor n. Immutable. */
public final class Spectrum {

  private final double[] mean;
  private final double[] variances;
  private final double[][] axes;

  private Spectrum(double[] mean, double[] variances, double[][] axes) {
    this.mean = mean;
    this.variances = variances;
    this.axes = axes;
  }

  /** Decomposes the covariance of rows of equal length, of which there is at least one. */
  public static Spectrum of(List<float[]> rows) {
    int dim = rows.get(0).length;
    double[] mean = mean(rows, dim);
    double[][] upper = new double[dim][dim];
    double[] centered = new double[dim];
    for (float[] row : rows) {
      for (int i = 0; i < dim; i++) {
        centered[i] = row[i] - mean[i];
      }
      for (int i = 0; i < dim; i++) {
        double[] line = upper[i];
        double factor = centered[i];
        for (int j = i; j < dim; j++) {
          line[j] += factor * centered[j];
        }
      }
    }
    DMatrixRMaj covariance = new DMatrixRMaj(dim, dim);
    for (int i = 0; i < dim; i++) {
      for (int j = i; j < dim; j++) {
        covariance.set(i, j, upper[i][j] / rows.size());
        covariance.set(j, i, upper[i][j] / rows.size());
      }
    }
    EigenDecomposition_F64<DMatrixRMaj> eigen = DecompositionFactory_DDRM.eig(dim, true, true);
    if (!eigen.decompose(covariance)) {
      throw new IllegalArgumentException("the covariance of the rows has no finite eigenvalues");
    }
    Integer[] order = IntStream.range(0, dim).boxed().toArray(Integer[]::new);
    Arrays.sort(order, Comparator.comparingDouble(i -> -eigen.getEigenvalue(i).getReal()));
    double[] variances = new double[dim];
    double[][] axes = new double[dim][];
    for (int i = 0; i < dim; i++) {
      variances[i] = Math.max(0, eigen.getEigenvalue(order[i]).getReal());
      axes[i] = eigen.getEigenVector(order[i]).getData().clone();
      orient(axes[i]);
    }
    return new Spectrum(mean, variances, axes);
  }

  private static double[] mean(List<float[]> rows, int dim) {
    double[] mean = new double[dim];
    for (float[] row : rows) {
      for (int i = 0; i < dim; i++) {
        mean[i] += (double) row[i] / rows.size();
      }
    }
    return mean;
  }

  /** An eigenvector has no sign of its own: the entry that is largest by magnitude is positive. */
  private static void orient(double[] axis) {
    double largest = 0;
    for (double value : axis) {
      largest = Math.abs(value) > Math.abs(largest) ? value : largest;
    }
    if (largest < 0) {
      for (int i = 0; i < axis.length; i++) {
        axis[i] = -axis[i];
      }
    }
  }

  /** Variance along each axis, falling. */
  public double[] variances() {
    return variances.clone();
  }

  /**
   * The effective rank: {@code exp(-sum_i p_i ln p_i)} with {@code p_i} the i-th singular value of
   * the centered rows over the sum of all, from 1 to the dimension, and 0 where all rows are equal;
   * Roy and Vetterli, EUSIPCO 2007, here after the mean is taken out.
   */
  public double effectiveRank() {
    double sum = 0;
    for (double variance : variances) {
      sum += Math.sqrt(variance);
    }
    if (sum == 0) {
      return 0;
    }
    double entropy = 0;
    for (double variance : variances) {
      double share = Math.sqrt(variance) / sum;
      entropy -= share == 0 ? 0 : share * Math.log(share);
    }
    return Math.exp(entropy);
  }

  /**
   * Coordinates of a row along the first axes.
   *
   * @param count at most the dimension
   */
  public double[] project(float[] row, int count) {
    double[] coordinates = new double[count];
    for (int i = 0; i < count; i++) {
      for (int d = 0; d < mean.length; d++) {
        coordinates[i] += (row[d] - mean[d]) * axes[i][d];
      }
    }
    return coordinates;
  }
}
