package org.dinovmf.ops;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/** GELU, {@code x Phi(x)}, and its slope {@code Phi(x) + x phi(x)}; phi is the normal density. */
final class GeluFormula {

  /** Density of the standard normal distribution at 0. */
  private static final double NORMAL_DENSITY_AT_0 = 1 / Math.sqrt(2 * Math.PI);

  private GeluFormula() {}

  /** {@code Phi(x)}, the normal distribution function. */
  static <T extends TFloating> Operand<T> cdf(Ops tf, Operand<T> x) {
    Operand<T> half = Nn.scalar(tf, 0.5, x);
    Operand<T> erf = tf.math.erf(Nn.scale(tf, x, Math.sqrt(0.5)));
    return tf.math.add(tf.math.mul(erf, half), half);
  }

  /**
   * The gradient of x.
   *
   * @param cdf of x
   * @param dy gradient of GELU
   */
  static <T extends TFloating> Operand<T> gradient(
      Ops tf, Operand<T> x, Operand<T> cdf, Operand<T> dy) {
    Operand<T> minusHalfX = Nn.scale(tf, x, -0.5);
    Operand<T> bell = tf.math.exp(tf.math.mul(x, minusHalfX));
    Operand<T> xPdf = Nn.scale(tf, tf.math.mul(minusHalfX, bell), -2 * NORMAL_DENSITY_AT_0);
    return tf.math.mul(dy, tf.math.add(cdf, xPdf));
  }
}
