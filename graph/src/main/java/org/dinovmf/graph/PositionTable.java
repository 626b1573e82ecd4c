package org.dinovmf.graph;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/**
 * Resizes a square table of position embeddings to another grid, as a constant product, since
 * TensorFlow's own bicubic resize has another kernel than the published code.
 */
final class PositionTable {

  private PositionTable() {}

  /**
   * The table for a grid of patches.
   *
   * @param patches {@code [1, side * side, dim]}
   * @return {@code [1, rows * columns, dim]}
   */
  static <T extends TFloating> Operand<T> resize(
      Ops tf, Operand<T> patches, PositionRule rule, int side, int rows, int columns) {
    if (rows == side && columns == side) {
      return patches;
    }
    long dim = patches.shape().get(2);
    Operand<T> table = tf.reshape(patches, tf.array(side, side, dim));
    Operand<T> vertical = constant(tf, rule.weights(side, rows), patches);
    Operand<T> horizontal = constant(tf, rule.weights(side, columns), patches);
    Operand<T> tall = tf.linalg.einsum(List.of(vertical, table), "rh,hwd->rwd");
    Operand<T> wide = tf.linalg.einsum(List.of(horizontal, tall), "cw,rwd->rcd");
    return tf.reshape(wide, tf.array(1, (long) rows * columns, dim));
  }

  private static <T extends TFloating> Operand<T> constant(
      Ops tf, double[][] values, Operand<T> like) {
    return tf.dtypes.cast(tf.constant(values), like.type());
  }
}
