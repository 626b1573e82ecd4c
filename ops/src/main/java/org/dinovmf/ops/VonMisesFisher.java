package org.dinovmf.ops;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/**
 * The normalizer of the von Mises-Fisher distribution, whose density on the unit sphere of {@code
 * R^dim} is {@code C(kappa) exp(kappa mu.x)}, with declared first and second gradients.
 *
 * <p>{@code C(kappa) = kappa^order / ((2 pi)^(dim / 2) I_order(kappa))} with {@code order = dim / 2
 * - 1}. Written like that it overflows, and its digits cancel; here the difference to kappa = 0 is
 * computed by expansions of the Bessel function (DLMF 10.41(ii)) rearranged so that nothing
 * cancels, and each slope by a formula of its own. Values are within 8 rounding errors of {@code
 * TFloat32} or {@code TFloat64}, the other types being refused, and finite from kappa = 0 on.
 *
 * <p>For graphs that are only run, {@link VonMisesFisherValues} has the same values without a
 * gradient carrier.
 */
public final class VonMisesFisher {

  private VonMisesFisher() {}

  /**
   * {@code log C(kappa) - log C(0)}, at most 0: the term to <b>add</b> to {@code kappa mu.x}. Its
   * slope is minus {@link #meanResultantLength}.
   *
   * @param kappa {@code [...]}, at least 0
   * @param dim dimension of the space, at least 2
   * @return the shape of {@code kappa}
   */
  public static <T extends TFloating> Operand<T> relativeLogNormalizer(
      Ops tf, Operand<T> kappa, int dim) {
    NormalizerTerms<Operand<T>> terms = VonMisesFisherValues.ofKappa(tf, kappa, dim);
    Operand<T> length = meanResultantLength(tf, kappa, terms);
    return declare(tf, kappa, tf.math.neg(terms.difference()), tf.math.neg(length));
  }

  /**
   * The same as a function of the square of kappa, in which it is smooth: a prototype of length 0
   * has a finite gradient, without a square root. Its slope is {@code -A(kappa) / (2 kappa)}.
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
   * to 1.
   *
   * @param kappa {@code [...]}, at least 0
   * @param dim dimension of the space, at least 2
   * @return the shape of {@code kappa}
   */
  public static <T extends TFloating> Operand<T> meanResultantLength(
      Ops tf, Operand<T> kappa, int dim) {
    return meanResultantLength(tf, kappa, VonMisesFisherValues.ofKappa(tf, kappa, dim));
  }

  private static <T extends TFloating> Operand<T> meanResultantLength(
      Ops tf, Operand<T> kappa, NormalizerTerms<Operand<T>> terms) {
    return declare(tf, kappa, tf.math.mul(kappa, terms.ratio()), terms.slope());
  }

  /**
   * {@code A(kappa) / kappa} as a function of the square of kappa; falls from {@code 1 / dim} to 0.
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
   * {@code log C(0)}, minus the logarithm of the area of the sphere. It is 344 for dim = 256 and so
   * stays out of float32 logits.
   *
   * @param dim dimension of the space, at least 2
   */
  public static double logNormalizerAtZero(int dim) {
    double order = VonMisesFisherFormula.order(dim);
    return LogGamma.ofOnePlus(order) - Math.log(2) - (order + 1) * Math.log(Math.PI);
  }

  private static <T extends TFloating> Operand<T> declare(
      Ops tf, Operand<T> x, Operand<T> value, Operand<T> slope) {
    return DeclaredGradient.of(
        tf, List.of(x), value, (scope, dy) -> List.of(scope.math.mul(dy.get(0), slope)));
  }
}
