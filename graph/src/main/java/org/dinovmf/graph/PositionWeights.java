package org.dinovmf.graph;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;

/**
 * The weights of a {@link PositionRule} as ops, for a size that is known only when the graph runs.
 * In float64, so that they are those of the constants.
 */
final class PositionWeights {

  private final Ops tf;
  private final int side;
  private final Operand<TInt64> size;

  /**
   * Weights from {@code side} positions to {@code size}.
   *
   * @param size scalar
   */
  PositionWeights(Ops tf, int side, Operand<TInt64> size) {
    this.tf = tf;
    this.side = side;
    this.size = size;
  }

  /** {@code [size, side]}: each new position is the old one, which is so where the sizes agree. */
  Operand<TFloat64> same() {
    return oneHot(tf.range(tf.constant(0L), size, tf.constant(1L)));
  }

  /**
   * Four neighbors, the borders repeated.
   *
   * @param scale scalar: new positions for an old one
   * @return {@code [size, side]}
   */
  Operand<TFloat64> taps(Operand<TFloat64> scale, double a) {
    Operand<TFloat64> position =
        tf.math.sub(tf.math.div(centers(size), scale), tf.constant(0.5)); // [size]
    Operand<TFloat64> base = tf.math.floor(position);
    Operand<TFloat64> fraction = tf.math.sub(position, base);
    Operand<TFloat64> weights = tf.constant(new double[1][1]);
    for (int tap = -1; tap <= 2; tap++) {
      Operand<TFloat64> source =
          tf.clipByValue(
              tf.math.add(base, constant(tap)), constant(0), constant(side - 1)); // [size]
      Operand<TFloat64> weight = cubic(tf.math.abs(tf.math.sub(constant(tap), fraction)), a);
      weights =
          tf.math.add(
              weights,
              tf.math.mul(
                  tf.expandDims(weight, tf.constant(1)),
                  oneHot(tf.dtypes.cast(source, TInt64.class))));
    }
    return weights;
  }

  /**
   * The kernel widened where the table shrinks, over what lies inside the table.
   *
   * @return {@code [size, side]}
   */
  Operand<TFloat64> widened(double a) {
    Operand<TFloat64> ratio = tf.math.div(constant(side), count());
    Operand<TFloat64> width = tf.math.maximum(ratio, constant(1));
    Operand<TFloat64> center = // [size, 1]
        tf.expandDims(tf.math.mul(ratio, centers(size)), tf.constant(1));
    Operand<TFloat64> reach = tf.math.mul(constant(2), width);
    Operand<TFloat64> first =
        tf.math.floor(tf.math.add(tf.math.sub(center, reach), tf.constant(0.5)));
    Operand<TFloat64> end =
        tf.math.floor(tf.math.add(tf.math.add(center, reach), tf.constant(0.5)));
    Operand<TFloat64> middles = centers(tf.constant((long) side)); // [side]
    Operand<TFloat64> sources = tf.math.sub(middles, tf.constant(0.5));
    Operand<TBool> isInside =
        tf.math.logicalAnd(tf.math.greaterEqual(sources, first), tf.math.less(sources, end));
    Operand<TFloat64> distance = tf.math.div(tf.math.abs(tf.math.sub(middles, center)), width);
    Operand<TFloat64> raw = tf.select(isInside, cubic(distance, a), constant(0));
    return tf.math.div(raw, tf.reduceSum(raw, tf.constant(1), ReduceSum.keepDims(true)));
  }

  /** The number of new positions as a scalar. */
  Operand<TFloat64> count() {
    return tf.dtypes.cast(size, TFloat64.class);
  }

  /** {@code i + 0.5} for each position. */
  private Operand<TFloat64> centers(Operand<TInt64> positions) {
    Operand<TInt64> indices = tf.range(tf.constant(0L), positions, tf.constant(1L));
    return tf.math.add(tf.dtypes.cast(indices, TFloat64.class), tf.constant(0.5));
  }

  private Operand<TFloat64> oneHot(Operand<TInt64> indices) {
    return tf.oneHot(indices, tf.constant(side), tf.constant(1.0), tf.constant(0.0));
  }

  /** {@link PositionRule}'s kernel. */
  private Operand<TFloat64> cubic(Operand<TFloat64> x, double a) {
    Operand<TFloat64> square = tf.math.mul(x, x);
    Operand<TFloat64> near =
        tf.math.add(
            tf.math.mul(tf.math.sub(tf.math.mul(constant(a + 2), x), constant(a + 3)), square),
            constant(1));
    Operand<TFloat64> bent =
        tf.math.add(
            tf.math.mul(tf.math.sub(tf.math.mul(constant(a), x), constant(5 * a)), x),
            constant(8 * a));
    Operand<TFloat64> far = tf.math.sub(tf.math.mul(bent, x), constant(4 * a));
    return tf.select(
        tf.math.lessEqual(x, constant(1)),
        near,
        tf.select(tf.math.less(x, constant(2)), far, constant(0)));
  }

  private Operand<TFloat64> constant(double value) {
    return tf.constant(value);
  }
}
