package org.dinovmf.training.eval.retrieval;

import java.util.List;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.linalg.SelfAdjointEig;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat64;

/**
 * Whitening of features by principal components, learned on other images; Jegou and Chum 2012, as
 * the copy detection of Caron et al. 2021 has it: the mean is taken out, and each component divided
 * by the root of its eigenvalue. The eigenvalues are those of the second moments, of which the mean
 * is not taken out, and are at least 1e-5 of the greatest.
 *
 * @param mean {@code [dim]}
 * @param components {@code [dim][dim]}, a row each, already divided
 */
@SuppressWarnings("ArrayRecordComponent") // not compared
public record Whitening(double[] mean, double[][] components) {

  private static final double FLOOR = 1e-5;

  /**
   * Learns a whitening.
   *
   * @param features rows of equal length, at least one
   * @param settings of the session that finds the eigenvectors
   */
  public static Whitening learn(List<float[]> features, ConfigProto settings) {
    int dim = features.get(0).length;
    double[] mean = new double[dim];
    double[] moments = new double[dim * dim];
    for (float[] row : features) {
      for (int i = 0; i < dim; i++) {
        mean[i] += (double) row[i] / features.size();
        double value = (double) row[i] / features.size();
        for (int j = 0; j < dim; j++) {
          moments[i * dim + j] += value * row[j];
        }
      }
    }
    return decompose(mean, moments, settings);
  }

  private static Whitening decompose(double[] mean, double[] moments, ConfigProto settings) {
    int dim = mean.length;
    Shape square = Shape.of(dim, dim);
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Placeholder<TFloat64> matrix = tf.placeholder(TFloat64.class, Placeholder.shape(square));
      SelfAdjointEig<TFloat64> eigen = tf.linalg.selfAdjointEig(matrix);
      try (Session session = new Session(graph, settings);
          TFloat64 fed = TFloat64.tensorOf(square, DataBuffers.of(moments, true, false));
          Result result =
              session.runner().feed(matrix, fed).fetch(eigen.e()).fetch(eigen.v()).run()) {
        TFloat64 values = (TFloat64) result.get(0);
        TFloat64 vectors = (TFloat64) result.get(1); // [dim, component]
        double greatest = values.getDouble(dim - 1);
        if (!(greatest > 0)) {
          throw new IllegalArgumentException("features to whiten by must not all be 0");
        }
        double[][] components = new double[dim][dim];
        for (int c = 0; c < dim; c++) {
          double root = Math.sqrt(Math.max(values.getDouble(c), FLOOR * greatest));
          for (int d = 0; d < dim; d++) {
            components[c][d] = vectors.getDouble(d, c) / root;
          }
        }
        return new Whitening(mean, components);
      }
    }
  }

  /** The whitened row. */
  public float[] apply(float[] row) {
    float[] whitened = new float[components.length];
    for (int c = 0; c < whitened.length; c++) {
      double sum = 0;
      for (int d = 0; d < mean.length; d++) {
        sum += components[c][d] * (row[d] - mean[d]);
      }
      whitened[c] = (float) sum;
    }
    return whitened;
  }
}
