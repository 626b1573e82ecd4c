package org.dinovmf.ops;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/**
 * The functions of {@link VonMisesFisher} as plain ops, for graphs that are only run.
 *
 * <p>Their derived gradients are finite, but lose digits that the declared ones keep.
 */
public final class VonMisesFisherValues {

  private VonMisesFisherValues() {}

  /** The values of {@link VonMisesFisher#relativeLogNormalizer}. */
  public static <T extends TFloating> Operand<T> relativeLogNormalizer(
      Ops tf, Operand<T> kappa, int dim) {
    return tf.math.neg(ofKappa(tf, kappa, dim).difference());
  }

  /** The values of {@link VonMisesFisher#relativeLogNormalizerOfSquare}. */
  public static <T extends TFloating> Operand<T> relativeLogNormalizerOfSquare(
      Ops tf, Operand<T> kappaSquared, int dim) {
    return tf.math.neg(ofSquare(tf, kappaSquared, dim).difference());
  }

  /** The values of {@link VonMisesFisher#meanResultantLength}. */
  public static <T extends TFloating> Operand<T> meanResultantLength(
      Ops tf, Operand<T> kappa, int dim) {
    return tf.math.mul(kappa, ofKappa(tf, kappa, dim).ratio());
  }

  /** The values of {@link VonMisesFisher#meanResultantLengthOverKappa}. */
  public static <T extends TFloating> Operand<T> meanResultantLengthOverKappa(
      Ops tf, Operand<T> kappaSquared, int dim) {
    return ofSquare(tf, kappaSquared, dim).ratio();
  }

  /**
   * {@code A'(kappa)}, the variance of {@code mu.x}.
   *
   * @param kappa {@code [...]}, at least 0
   * @param dim dimension of the space, at least 2
   * @return the shape of {@code kappa}, at most {@code 1 / dim}
   */
  public static <T extends TFloating> Operand<T> meanResultantLengthSlope(
      Ops tf, Operand<T> kappa, int dim) {
    return ofKappa(tf, kappa, dim).slope();
  }

  static <T extends TFloating> NormalizerTerms<Operand<T>> ofKappa(
      Ops tf, Operand<T> kappa, int dim) {
    return formula(kappa, dim).ofKappa(new GraphArithmetic<>(tf, kappa.type()), kappa);
  }

  static <T extends TFloating> NormalizerTerms<Operand<T>> ofSquare(
      Ops tf, Operand<T> kappaSquared, int dim) {
    return formula(kappaSquared, dim)
        .ofSquare(new GraphArithmetic<>(tf, kappaSquared.type()), kappaSquared);
  }

  private static <T extends TFloating> VonMisesFisherFormula formula(Operand<T> like, int dim) {
    return VonMisesFisherFormula.of(dim, FloatPrecision.of(like.type()));
  }
}
