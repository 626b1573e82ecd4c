package org.dinovmf.ops;

/**
 * The von Mises-Fisher distribution of one dimension in plain Java doubles, for reports and tests:
 * density {@code C(kappa) exp(kappa mu.x)} on the unit sphere of {@code R^dim}.
 *
 * <p>The same formulas as {@link VonMisesFisher}, exact to about 8 rounding errors. Immutable; make
 * one for a dimension and keep it, because its coefficients take milliseconds to compute.
 */
public final class VonMisesFisherMath {

  private final VonMisesFisherFormula formula;
  private final double logNormalizerAtZero;

  private VonMisesFisherMath(VonMisesFisherFormula formula, double logNormalizerAtZero) {
    this.formula = formula;
    this.logNormalizerAtZero = logNormalizerAtZero;
  }

  /**
   * Prepares a dimension.
   *
   * @param dim dimension of the space, at least 2
   */
  public static VonMisesFisherMath of(int dim) {
    return new VonMisesFisherMath(
        VonMisesFisherFormula.of(dim, FloatPrecision.FLOAT64),
        VonMisesFisher.logNormalizerAtZero(dim));
  }

  /** {@code log C(kappa)}; TensorFlow Probability's {@code _log_normalization} is minus this. */
  public double logNormalizer(double kappa) {
    return logNormalizerAtZero + relativeLogNormalizer(kappa);
  }

  /** {@code log C(kappa) - log C(0)}, at most 0. */
  public double relativeLogNormalizer(double kappa) {
    return 0 - at(kappa).difference(); // 0 and not -0 at 0
  }

  /** {@code A(kappa)} in [0, 1), the mean of {@code mu.x}; minus the slope of the normalizer. */
  public double meanResultantLength(double kappa) {
    return kappa * at(kappa).ratio();
  }

  /** {@code A'(kappa)}, the variance of {@code mu.x}. */
  public double meanResultantLengthSlope(double kappa) {
    return at(kappa).slope();
  }

  private NormalizerTerms<Double> at(double kappa) {
    if (!(kappa >= 0)) {
      throw new IllegalArgumentException("kappa must be at least 0, but is " + kappa);
    }
    return formula.ofKappa(DoubleArithmetic.INSTANCE, kappa);
  }
}
