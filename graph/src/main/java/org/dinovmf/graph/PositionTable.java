package org.dinovmf.graph;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TFloating;

/**
 * Resizes a square table of position embeddings to another grid, as a product, since TensorFlow's
 * own bicubic resize has another kernel than the published code. The factors are constants where
 * the grid is known when the graph is built.
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
    return product(
        tf,
        patches,
        side,
        tf.constant(rule.weights(side, rows)),
        tf.constant(rule.weights(side, columns)));
  }

  /**
   * The table for a grid whose size is known only when the graph runs; a grid of the table's own
   * size leaves it as it is.
   *
   * @param patches {@code [1, side * side, dim]}
   * @param rows scalar
   * @param columns scalar
   * @return {@code [1, rows * columns, dim]}
   */
  static <T extends TFloating> Operand<T> resize(
      Ops tf,
      Operand<T> patches,
      PositionRule rule,
      int side,
      Operand<TInt64> rows,
      Operand<TInt64> columns) {
    Operand<TInt64> old = tf.constant((long) side);
    Operand<TBool> isSame =
        tf.math.logicalAnd(tf.math.equal(rows, old), tf.math.equal(columns, old));
    return product(
        tf,
        patches,
        side,
        tf.select(isSame, new PositionWeights(tf, side, rows).same(), rule.weights(tf, side, rows)),
        tf.select(
            isSame,
            new PositionWeights(tf, side, columns).same(),
            rule.weights(tf, side, columns)));
  }

  /** The table multiplied along both of its axes. */
  private static <T extends TFloating> Operand<T> product(
      Ops tf,
      Operand<T> patches,
      int side,
      Operand<TFloat64> vertical,
      Operand<TFloat64> horizontal) {
    long dim = patches.shape().get(2);
    Operand<T> table = tf.reshape(patches, tf.array(side, side, dim));
    Operand<T> down = tf.dtypes.cast(vertical, patches.type());
    Operand<T> across = tf.dtypes.cast(horizontal, patches.type());
    Operand<T> tall = tf.linalg.einsum(List.of(down, table), "rh,hwd->rwd");
    Operand<T> wide = tf.linalg.einsum(List.of(across, tall), "cw,rwd->rcd");
    return tf.reshape(wide, tf.array(1, -1, dim));
  }
}
