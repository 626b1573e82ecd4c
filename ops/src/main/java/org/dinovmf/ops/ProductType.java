package org.dinovmf.ops;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.family.TFloating;

/**
 * The element types of a layer and of the factors of its products.
 *
 * @param <T> of the layer
 * @param <P> of factors; the same as T, or narrower
 */
record ProductType<T extends TFloating, P extends TFloating>(Class<T> wide, Class<P> narrow) {

  /** What a precision means for a layer of the element type of {@code like}. */
  static <T extends TFloating> ProductType<T, ? extends TFloating> of(
      Precision precision, Operand<T> like) {
    return switch (precision) {
      case FLOAT32 -> new ProductType<>(like.type(), like.type());
      case BFLOAT16 -> new ProductType<>(like.type(), TBfloat16.class);
    };
  }

  /** Rounds a factor; no op where both types are the same. */
  @SuppressWarnings("unchecked") // the types are compared
  Operand<P> narrow(Ops tf, Operand<T> x) {
    return wide.equals(narrow) ? (Operand<P>) x : tf.dtypes.cast(x, narrow);
  }

  /** The type of the layer again; no op where both are the same. */
  @SuppressWarnings("unchecked") // the types are compared
  Operand<T> widen(Ops tf, Operand<P> x) {
    return wide.equals(narrow) ? (Operand<T>) x : tf.dtypes.cast(x, wide);
  }
}
