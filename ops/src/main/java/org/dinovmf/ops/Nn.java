package org.dinovmf.ops;

import java.util.List;
import java.util.function.UnaryOperator;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TFloating;

/** Stateless functions that need no gradient of their own. */
public final class Nn {

  /** PyTorch's bound of {@code normalize}, on the norm. */
  private static final double NORM_EPSILON = 1e-12;

  private Nn() {}

  /**
   * Scales the last axis to length 1, {@code x / max(|x|, 1e-12)}.
   *
   * @param x {@code [..., dim]}
   * @return {@code [..., dim]}
   */
  public static <T extends TFloating> Operand<T> l2Normalize(Ops tf, Operand<T> x) {
    Operand<T> squaredNorm =
        tf.reduceSum(tf.math.square(x), tf.constant(-1), ReduceSum.keepDims(true)); // [..., 1]
    Operand<T> bounded = tf.math.maximum(squaredNorm, scalar(tf, NORM_EPSILON * NORM_EPSILON, x));
    return tf.math.mul(x, tf.math.rsqrt(bounded));
  }

  /**
   * Applies a function of the last axis to all tokens as rows of one matrix.
   *
   * @param x {@code [batch, tokens, in]}, with a known {@code in}
   * @param function {@code [rows, in]} to {@code [rows, out]}, with a known {@code out}
   * @return {@code [batch, tokens, out]}
   */
  public static <T extends TFloating> Operand<T> inRows(
      Ops tf, Operand<T> x, UnaryOperator<Operand<T>> function) {
    Shape shape = x.shape();
    Operand<T> result = function.apply(tf.reshape(x, tf.array(-1, shape.get(2))));
    long out = result.shape().get(1);
    if (shape.get(1) > 0) {
      return tf.reshape(result, tf.array(-1, shape.get(1), out));
    }
    Operand<TInt64> leading =
        tf.slice(tf.shape(x, TInt64.class), tf.array(0), tf.array(2)); // batch, tokens
    return tf.reshape(result, tf.concat(List.of(leading, tf.array(out)), tf.constant(0)));
  }

  /** Multiplies {@code x} by a number known when the graph is built. */
  public static <T extends TFloating> Operand<T> scale(Ops tf, Operand<T> x, double factor) {
    return tf.math.mul(x, scalar(tf, factor, x));
  }

  /** A constant of the element type of {@code like}, rounded once. */
  public static <T extends TFloating> Operand<T> scalar(Ops tf, double value, Operand<T> like) {
    return scalar(tf, value, like.type());
  }

  /** One op for the usual types: a cast of a double constant would be another. */
  @SuppressWarnings("unchecked") // the type is compared
  static <T extends TFloating> Operand<T> scalar(Ops tf, double value, Class<T> type) {
    if (type == TFloat32.class) {
      return (Operand<T>) (Operand<?>) tf.constant((float) value);
    }
    if (type == TFloat64.class) {
      return (Operand<T>) (Operand<?>) tf.constant(value);
    }
    return tf.dtypes.cast(tf.constant(value), type);
  }
}
