package org.dinovmf.ops;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/**
 * What the normalizer is compared with: the first term of the same expansion in the order, {@code
 * log C(kappa) - log C(0) = order log1p(d / (2 order)) + log1p(d / order) / 2 - d} with {@code d =
 * sqrt(kappa^2 + order^2) - order}, differentiated by TensorFlow. It needs dim of at least 3.
 */
final class OneTermFormula {

  private OneTermFormula() {}

  static <T extends TFloating> Operand<T> relativeLogNormalizer(Ops tf, Operand<T> kappa, int dim) {
    double order = dim / 2.0 - 1;
    Operand<T> square = tf.math.square(kappa);
    Operand<T> s = tf.math.sqrt(tf.math.add(square, Nn.scalar(tf, order * order, kappa)));
    Operand<T> d = tf.math.div(square, tf.math.add(s, Nn.scalar(tf, order, kappa)));
    Operand<T> half = tf.math.log1p(Nn.scale(tf, d, 0.5 / order));
    Operand<T> whole = tf.math.log1p(Nn.scale(tf, d, 1 / order));
    return tf.math.sub(tf.math.add(Nn.scale(tf, half, order), Nn.scale(tf, whole, 0.5)), d);
  }
}
