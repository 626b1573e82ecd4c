package org.dinovmf.graph;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/**
 * Resizes a square table of position embeddings to another grid, as the published code does.
 *
 * <p>That is PyTorch's bicubic interpolation with a = -0.75, half-pixel centers, borders repeated,
 * and the scale {@code (grid + 0.1) / side}: the 0.1 guards a float division there and shifts every
 * coordinate a little, so it is part of the result. TensorFlow's own bicubic resize has another a.
 */
final class PositionTable {

  private static final double CUBIC_A = -0.75;

  /** Added to the grid before the scale is taken. */
  private static final double SCALE_GUARD = 0.1;

  private PositionTable() {}

  /**
   * The table for a grid of patches.
   *
   * @param patches {@code [1, side * side, dim]}
   * @return {@code [1, rows * columns, dim]}
   */
  static <T extends TFloating> Operand<T> resize(
      Ops tf, Operand<T> patches, int side, int rows, int columns) {
    if (rows == side && columns == side) {
      return patches;
    }
    long dim = patches.shape().get(2);
    Operand<T> table = tf.reshape(patches, tf.array(side, side, dim));
    Operand<T> vertical = constant(tf, weights(side, rows), patches);
    Operand<T> horizontal = constant(tf, weights(side, columns), patches);
    Operand<T> tall = tf.linalg.einsum(List.of(vertical, table), "rh,hwd->rwd");
    Operand<T> wide = tf.linalg.einsum(List.of(horizontal, tall), "cw,rwd->rcd");
    return tf.reshape(wide, tf.array(1, (long) rows * columns, dim));
  }

  /** Row i holds the weights of the {@code side} old positions in new position i. */
  static double[][] weights(int side, int size) {
    double[][] weights = new double[size][side];
    double scale = (size + SCALE_GUARD) / side;
    for (int i = 0; i < size; i++) {
      double position = (i + 0.5) / scale - 0.5;
      int base = (int) Math.floor(position);
      double fraction = position - base;
      for (int tap = -1; tap <= 2; tap++) {
        int source = Math.min(Math.max(base + tap, 0), side - 1);
        weights[i][source] += cubic(Math.abs(tap - fraction));
      }
    }
    return weights;
  }

  /** Keys 1981, with PyTorch's a. */
  private static double cubic(double x) {
    if (x <= 1) {
      return ((CUBIC_A + 2) * x - (CUBIC_A + 3)) * x * x + 1;
    }
    return x < 2 ? ((CUBIC_A * x - 5 * CUBIC_A) * x + 8 * CUBIC_A) * x - 4 * CUBIC_A : 0;
  }

  private static <T extends TFloating> Operand<T> constant(
      Ops tf, double[][] values, Operand<T> like) {
    return tf.dtypes.cast(tf.constant(values), like.type());
  }
}
