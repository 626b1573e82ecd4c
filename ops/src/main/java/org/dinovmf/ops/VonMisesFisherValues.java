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

  /** The values of {@link VonMisesFisher#logNormalizer}. */
  public static <T extends TFloating> Operand<T> logNormalizer(Ops tf, Operand<T> kappa, int dim) {
    Operand<T> atZero = Nn.scalar(tf, VonMisesFisher.logNormalizerAtZero(dim), kappa);
    return tf.math.sub(atZero, ofKappa(tf, kappa, dim).difference());
  }

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
    return ofKappa(tf, kappa, dim).length();
  }

  /** The values of {@link VonMisesFisher#meanResultantLengthOverKappa}. */
  public static <T extends TFloating> Operand<T> meanResultantLengthOverKappa(
      Ops tf, Operand<T> kappaSquared, int dim) {
    return ofSquare(tf, kappaSquared, dim).ratio();
  }

  /** The values of {@link VonMisesFisher#meanResultantLengthComplement}. */
  public static <T extends TFloating> Operand<T> meanResultantLengthComplement(
      Ops tf, Operand<T> kappa, int dim) {
    return ofKappa(tf, kappa, dim).complement();
  }

  /** The values of {@link VonMisesFisher#meanResultantLengthSlope}. */
  public static <T extends TFloating> Operand<T> meanResultantLengthSlope(
      Ops tf, Operand<T> kappa, int dim) {
    return ofKappa(tf, kappa, dim).slope();
  }

  /** The values of {@link VonMisesFisher#entropy}. */
  public static <T extends TFloating> Operand<T> entropy(Ops tf, Operand<T> kappa, int dim) {
    Operand<T> atZero = Nn.scalar(tf, -VonMisesFisher.logNormalizerAtZero(dim), kappa);
    return tf.math.sub(atZero, divergenceFromUniform(tf, kappa, dim));
  }

  /** The values of {@link VonMisesFisher#divergenceFromUniform}. */
  public static <T extends TFloating> Operand<T> divergenceFromUniform(
      Ops tf, Operand<T> kappa, int dim) {
    return ofKappa(tf, kappa, dim).divergence();
  }

  /** The values of {@link VonMisesFisher#divergence}. */
  public static <T extends TFloating> Operand<T> divergence(
      Ops tf, Operand<T> kappa, Operand<T> other, Operand<T> oneMinusCosine, int dim) {
    DivergenceTerms<Operand<T>> terms = ofTwo(tf, kappa, other, dim);
    Operand<T> projected = tf.math.mul(terms.atKappa().length(), other);
    return tf.math.add(terms.divergence(), tf.math.mul(projected, oneMinusCosine));
  }

  /**
   * {@code 1 - mu.mu' = |mu - mu'|^2 / 2} of unit vectors, which keeps its digits for small angles.
   *
   * @param mu {@code [..., dim]}
   * @param other of the same shape
   * @return {@code [...]}
   */
  public static <T extends TFloating> Operand<T> oneMinusCosine(
      Ops tf, Operand<T> mu, Operand<T> other) {
    Operand<T> difference = tf.math.sub(mu, other);
    return Nn.scale(tf, tf.reduceSum(tf.math.square(difference), tf.constant(-1)), 0.5);
  }

  static <T extends TFloating> DivergenceTerms<Operand<T>> ofTwo(
      Ops tf, Operand<T> kappa, Operand<T> other, int dim) {
    return new DivergenceTerms<>(
        new GraphArithmetic<>(tf, kappa.type()), formula(kappa, dim), dim, kappa, other);
  }

  static <T extends TFloating> ConcentrationTerms<Operand<T>> ofKappa(
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
