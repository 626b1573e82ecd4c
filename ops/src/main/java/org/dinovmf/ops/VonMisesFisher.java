package org.dinovmf.ops;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/**
 * The von Mises-Fisher distribution, whose density on the unit sphere of {@code R^dim} is {@code
 * C(kappa) exp(kappa mu.x)}, with declared first and second gradients.
 *
 * <p>{@code C(kappa) = kappa^order / ((2 pi)^(dim / 2) I_order(kappa))} with {@code order = dim / 2
 * - 1}. Written like that it overflows, and its digits cancel; here the difference to kappa = 0 is
 * computed by expansions of the Bessel function (DLMF 10.41(ii)) rearranged so that nothing
 * cancels, and each other quantity and each slope by a formula of its own.
 *
 * <p>Every function takes kappa from 0 to 1e8 in {@code TFloat32} or {@code TFloat64}, the other
 * types being refused, computes in that type alone, and is finite with its first and second
 * gradients. Each states its largest error in units in the last place (ulp) of that type; results
 * of float32 below 1e-30 are instead within 1e-37.
 *
 * <p>For graphs that are only run, {@link VonMisesFisherValues} has the same values without a
 * gradient carrier; {@link VonMisesFisherMath} has them in plain Java.
 */
public final class VonMisesFisher {

  private VonMisesFisher() {}

  /**
   * {@code log C(kappa)}: what the logarithm of the density adds to {@code kappa mu.x}. TensorFlow
   * Probability's {@code _log_normalization} is minus this. Within 8 ulp of the larger of {@code
   * |log C(0)|} and {@code |log C(kappa) - log C(0)|}; its slope is minus {@link
   * #meanResultantLength}.
   *
   * @param kappa {@code [...]}, at least 0
   * @param dim dimension of the space, at least 2
   * @return the shape of {@code kappa}
   */
  public static <T extends TFloating> Operand<T> logNormalizer(Ops tf, Operand<T> kappa, int dim) {
    Operand<T> atZero = Nn.scalar(tf, logNormalizerAtZero(dim), kappa);
    return tf.math.add(relativeLogNormalizer(tf, kappa, dim), atZero);
  }

  /**
   * {@code log C(kappa) - log C(0)}, at most 0: the term to <b>add</b> to {@code kappa mu.x} where
   * densities are compared. Within 8 ulp. Its slope is minus {@link #meanResultantLength}.
   *
   * @param kappa {@code [...]}, at least 0
   * @param dim dimension of the space, at least 2
   * @return the shape of {@code kappa}
   */
  public static <T extends TFloating> Operand<T> relativeLogNormalizer(
      Ops tf, Operand<T> kappa, int dim) {
    ConcentrationTerms<Operand<T>> terms = VonMisesFisherValues.ofKappa(tf, kappa, dim);
    Operand<T> value = tf.math.neg(terms.difference());
    return declare(tf, kappa, value, tf.math.neg(length(tf, kappa, terms)));
  }

  /**
   * The same as a function of the square of kappa, in which it is smooth: a prototype of length 0
   * has a finite gradient, without a square root. Within 8 ulp. Its slope is {@code -A(kappa) / (2
   * kappa)}.
   *
   * @param kappaSquared {@code [...]}, at least 0
   * @param dim dimension of the space, at least 2
   * @return the shape of {@code kappaSquared}
   */
  public static <T extends TFloating> Operand<T> relativeLogNormalizerOfSquare(
      Ops tf, Operand<T> kappaSquared, int dim) {
    NormalizerTerms<Operand<T>> terms = VonMisesFisherValues.ofSquare(tf, kappaSquared, dim);
    Operand<T> ratio = declare(tf, kappaSquared, terms.ratio(), terms.ratioSlope());
    return declare(tf, kappaSquared, tf.math.neg(terms.difference()), Nn.scale(tf, ratio, -0.5));
  }

  /**
   * {@code A(kappa) = I_{order+1}(kappa) / I_order(kappa)}, the mean of {@code mu.x}; rises from 0
   * to 1. Within 8 ulp. Its slope is {@link #meanResultantLengthSlope}.
   *
   * @param kappa {@code [...]}, at least 0
   * @param dim dimension of the space, at least 2
   * @return the shape of {@code kappa}
   */
  public static <T extends TFloating> Operand<T> meanResultantLength(
      Ops tf, Operand<T> kappa, int dim) {
    return length(tf, kappa, VonMisesFisherValues.ofKappa(tf, kappa, dim));
  }

  /**
   * {@code 1 - A(kappa)}, the mean of {@code 1 - mu.x}; falls from 1 to 0, about {@code (dim - 1) /
   * (2 kappa)} at large kappa. Within 10 ulp from dim = 10 on, 128 below.
   *
   * @param kappa {@code [...]}, at least 0
   * @param dim dimension of the space, at least 2
   * @return the shape of {@code kappa}
   */
  public static <T extends TFloating> Operand<T> meanResultantLengthComplement(
      Ops tf, Operand<T> kappa, int dim) {
    ConcentrationTerms<Operand<T>> terms = VonMisesFisherValues.ofKappa(tf, kappa, dim);
    return declare(tf, kappa, terms.complement(), tf.math.neg(slope(tf, kappa, terms)));
  }

  /**
   * {@code A'(kappa)}, the variance of {@code mu.x}; falls from {@code 1 / dim} to 0. Within 10 ulp
   * from dim = 10 on, 64 below.
   *
   * @param kappa {@code [...]}, at least 0
   * @param dim dimension of the space, at least 2
   * @return the shape of {@code kappa}
   */
  public static <T extends TFloating> Operand<T> meanResultantLengthSlope(
      Ops tf, Operand<T> kappa, int dim) {
    return slope(tf, kappa, VonMisesFisherValues.ofKappa(tf, kappa, dim));
  }

  /**
   * {@code A(kappa) / kappa} as a function of the square of kappa; falls from {@code 1 / dim} to 0.
   * Within 8 ulp.
   *
   * @param kappaSquared {@code [...]}, at least 0
   * @param dim dimension of the space, at least 2
   * @return the shape of {@code kappaSquared}
   */
  public static <T extends TFloating> Operand<T> meanResultantLengthOverKappa(
      Ops tf, Operand<T> kappaSquared, int dim) {
    NormalizerTerms<Operand<T>> terms = VonMisesFisherValues.ofSquare(tf, kappaSquared, dim);
    return declare(tf, kappaSquared, terms.ratio(), terms.ratioSlope());
  }

  /**
   * The differential entropy, {@code -log C(kappa) - kappa A(kappa)} in nats; falls from the
   * logarithm of the sphere's area. Within 10 ulp of the larger of {@code |log C(0)|} and {@link
   * #divergenceFromUniform} from dim = 10 on, 64 below. Its slope is {@code -kappa A'(kappa)}.
   *
   * @param kappa {@code [...]}, at least 0
   * @param dim dimension of the space, at least 2
   * @return the shape of {@code kappa}
   */
  public static <T extends TFloating> Operand<T> entropy(Ops tf, Operand<T> kappa, int dim) {
    Operand<T> atZero = Nn.scalar(tf, -logNormalizerAtZero(dim), kappa);
    return tf.math.sub(atZero, divergenceFromUniform(tf, kappa, dim));
  }

  /**
   * The Kullback-Leibler divergence from the uniform distribution, {@code kappa A(kappa) + log
   * C(kappa) - log C(0)} in nats; rises from 0. Within 10 ulp from dim = 10 on, 64 below. Its slope
   * is {@code kappa A'(kappa)}.
   *
   * @param kappa {@code [...]}, at least 0
   * @param dim dimension of the space, at least 2
   * @return the shape of {@code kappa}
   */
  public static <T extends TFloating> Operand<T> divergenceFromUniform(
      Ops tf, Operand<T> kappa, int dim) {
    ConcentrationTerms<Operand<T>> terms = VonMisesFisherValues.ofKappa(tf, kappa, dim);
    Operand<T> slope = tf.math.mul(kappa, slope(tf, kappa, terms));
    return declare(tf, kappa, terms.divergence(), slope);
  }

  /**
   * The Kullback-Leibler divergence of a second distribution from a first in nats, {@code F(other)
   * - F(kappa) - A(kappa) (other - kappa) + A(kappa) other (1 - cos)} with {@code F(kappa) = log
   * C(0) - log C(kappa)}: the mean of {@code log f - log g} over the first density f.
   *
   * <p>Of the part without the angle, the relative error is within 32 ulp where the concentrations
   * differ by less than 0.3 of the larger one. Elsewhere it is within 128 ulp for kappa below dim
   * and within 1024 ulp beyond, where logarithms of kappa are subtracted.
   *
   * @param kappa concentration of the first, {@code [...]}, at least 0
   * @param other concentration of the second, of the same shape
   * @param oneMinusCosine of the angle between the mean directions, of the same shape; {@link
   *     VonMisesFisherValues#oneMinusCosine}
   * @param dim dimension of the space, at least 2
   * @return the shape of {@code kappa}
   */
  public static <T extends TFloating> Operand<T> divergence(
      Ops tf, Operand<T> kappa, Operand<T> other, Operand<T> oneMinusCosine, int dim) {
    DivergenceTerms<Operand<T>> terms = VonMisesFisherValues.ofTwo(tf, kappa, other, dim);
    Operand<T> slope = slope(tf, kappa, terms.atKappa());
    Operand<T> otherSlope = slope(tf, other, terms.atOther());
    List<Operand<T>> both = List.of(kappa, other);
    Operand<T> lengthDifference =
        DeclaredGradient.of(
            tf,
            both,
            terms.lengthDifference(),
            (scope, dy) ->
                List.of(
                    scope.math.neg(scope.math.mul(dy.get(0), slope)),
                    scope.math.mul(dy.get(0), otherSlope)));
    Operand<T> ofKappa = tf.math.mul(slope, tf.math.sub(kappa, other));
    Operand<T> alongAxis =
        DeclaredGradient.of(
            tf,
            both,
            terms.divergence(),
            (scope, dy) ->
                List.of(
                    scope.math.mul(dy.get(0), ofKappa),
                    scope.math.mul(dy.get(0), lengthDifference)));
    Operand<T> turned =
        tf.math.mul(tf.math.mul(length(tf, kappa, terms.atKappa()), other), oneMinusCosine);
    return tf.math.add(alongAxis, turned);
  }

  /**
   * {@code log C(0)}, minus the logarithm of the area of the sphere. It is 344 for dim = 256 and so
   * stays out of float32 logits.
   *
   * @param dim dimension of the space, at least 2
   */
  public static double logNormalizerAtZero(int dim) {
    return -SphereArea.log(VonMisesFisherFormula.requireDimension(dim));
  }

  /**
   * The largest kappa of an element type whose square is finite with room to spare; larger ones are
   * taken as this one.
   */
  public static double maxKappa(Class<? extends TFloating> type) {
    return FloatPrecision.of(type).maxKappa();
  }

  private static <T extends TFloating> Operand<T> length(
      Ops tf, Operand<T> kappa, ConcentrationTerms<Operand<T>> terms) {
    return declare(tf, kappa, terms.length(), slope(tf, kappa, terms));
  }

  private static <T extends TFloating> Operand<T> slope(
      Ops tf, Operand<T> kappa, ConcentrationTerms<Operand<T>> terms) {
    return declare(tf, kappa, terms.slope(), terms.curvature());
  }

  private static <T extends TFloating> Operand<T> declare(
      Ops tf, Operand<T> x, Operand<T> value, Operand<T> slope) {
    return DeclaredGradient.of(
        tf, List.of(x), value, (scope, dy) -> List.of(scope.math.mul(dy.get(0), slope)));
  }
}
