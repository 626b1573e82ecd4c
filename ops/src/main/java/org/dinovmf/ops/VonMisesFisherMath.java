package org.dinovmf.ops;

/**
 * The von Mises-Fisher distribution of one dimension in plain Java doubles, for reports, fitting
 * and tests: density {@code C(kappa) exp(kappa mu.x)} on the unit sphere of {@code R^dim}.
 *
 * <p>The same formulas, domains and errors as {@link VonMisesFisher}. Immutable; make one for a
 * dimension and keep it, because its coefficients take milliseconds to compute.
 */
public final class VonMisesFisherMath {

  private static final DoubleArithmetic MATH = DoubleArithmetic.INSTANCE;

  private final int dim;
  private final VonMisesFisherFormula formula;
  private final double logNormalizerAtZero;

  private VonMisesFisherMath(int dim, VonMisesFisherFormula formula, double logNormalizerAtZero) {
    this.dim = dim;
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
        dim,
        VonMisesFisherFormula.of(dim, FloatPrecision.FLOAT64),
        VonMisesFisher.logNormalizerAtZero(dim));
  }

  /** Dimension of the space. */
  public int dim() {
    return dim;
  }

  /** {@code log C(kappa)}; TensorFlow Probability's {@code _log_normalization} is minus this. */
  public double logNormalizer(double kappa) {
    return logNormalizerAtZero + relativeLogNormalizer(kappa);
  }

  /** {@code log C(kappa) - log C(0)}, at most 0. */
  public double relativeLogNormalizer(double kappa) {
    return 0 - at(kappa).difference(); // 0 and not -0 at 0
  }

  /** {@code A(kappa) = I_{order+1}(kappa) / I_order(kappa)}, the mean of {@code mu.x}. */
  public double meanResultantLength(double kappa) {
    return at(kappa).length();
  }

  /** {@code 1 - A(kappa)}. */
  public double meanResultantLengthComplement(double kappa) {
    return at(kappa).complement();
  }

  /** {@code A'(kappa)}, the variance of {@code mu.x}. */
  public double meanResultantLengthSlope(double kappa) {
    return at(kappa).slope();
  }

  /** {@code A(kappa) / kappa}, {@code 1 / dim} at 0. */
  public double meanResultantLengthOverKappa(double kappa) {
    return at(kappa).ofSquare().ratio();
  }

  /** The differential entropy, {@code -log C(kappa) - kappa A(kappa)} in nats. */
  public double entropy(double kappa) {
    return -logNormalizerAtZero - divergenceFromUniform(kappa);
  }

  /** The Kullback-Leibler divergence from the uniform distribution in nats. */
  public double divergenceFromUniform(double kappa) {
    return at(kappa).divergence();
  }

  /**
   * The Kullback-Leibler divergence of a second distribution from a first in nats.
   *
   * @param kappa concentration of the first
   * @param other concentration of the second
   * @param oneMinusCosine of the angle between the mean directions
   */
  public double divergence(double kappa, double other, double oneMinusCosine) {
    requireConcentration(kappa);
    requireConcentration(other);
    DivergenceTerms<Double> terms = new DivergenceTerms<>(MATH, formula, dim, kappa, other);
    return terms.divergence() + terms.atKappa().length() * other * oneMinusCosine;
  }

  private ConcentrationTerms<Double> at(double kappa) {
    requireConcentration(kappa);
    return formula.ofKappa(MATH, kappa);
  }

  private static void requireConcentration(double kappa) {
    if (!(kappa >= 0)) {
      throw new IllegalArgumentException("kappa must be at least 0, but is " + kappa);
    }
  }
}
