package org.dinovmf.ops.mixture;

import org.dinovmf.ops.VonMisesFisherMath;

/**
 * The maximum-likelihood concentration for a mean resultant length R: the solution of {@code
 * A(kappa) = R}; Banerjee et al., JMLR 2005, section 4, for the starting value, and Newton's method
 * after it.
 *
 * <p>Four steps leave a relative error below 2e-14 for kappa from 1e-3 to 3e7 in any dimension,
 * given R and 1 - R that are exact to rounding. A is concave, so Newton's method rises from below
 * after its first step.
 */
public final class ConcentrationEstimate {

  private static final int NEWTON_STEPS = 4;

  private ConcentrationEstimate() {}

  /**
   * The estimate.
   *
   * @param length R, the length of the mean of unit vectors, from 0 to below 1
   * @param complement 1 - R, above 0. It is a number of its own because for concentrated points
   *     {@code 1 - length} has few digits left; the mean of {@code |x - mu|^2 / 2} has them all
   */
  public static double of(VonMisesFisherMath vmf, double length, double complement) {
    if (!(length >= 0 && complement > 0 && Math.abs(length + complement - 1) < 1e-6)) {
      throw new IllegalArgumentException(
          "length and complement must be at least 0 and above 0, and add up to 1, but are %s and %s"
              .formatted(length, complement));
    }
    double oneMinusSquare = complement * (1 + length);
    double low = (vmf.dim() - 1) * length / oneMinusSquare;
    double high = vmf.dim() * length / oneMinusSquare;
    double kappa = length * (vmf.dim() - length * length) / oneMinusSquare;
    for (int i = 0; i < NEWTON_STEPS; i++) {
      double residual =
          length > 0.5
              ? complement - vmf.meanResultantLengthComplement(kappa)
              : vmf.meanResultantLength(kappa) - length;
      double next = kappa - residual / vmf.meanResultantLengthSlope(kappa);
      kappa = Math.max(low, Math.min(high, next));
    }
    return kappa;
  }

  /**
   * The estimate without most of its bias. The squared length of the mean of n points exceeds that
   * of their distribution by {@code (1 - A^2) / n} on average, which is taken off: {@code R^2}
   * becomes {@code max(0, (n R^2 - 1) / (n - 1))}.
   *
   * @param count n, the number of points or the sum of their weights, above 1
   */
  public static double unbiased(
      VonMisesFisherMath vmf, double length, double complement, double count) {
    if (!(count > 1)) {
      throw new IllegalArgumentException("count must be above 1, but is " + count);
    }
    double square = Math.max(0, (count * length * length - 1) / (count - 1));
    double corrected = Math.sqrt(square);
    double oneMinusSquare =
        Math.min(1, complement * (1 + length) * count / (count - 1)); // 1 - corrected^2
    return of(vmf, corrected, oneMinusSquare / (1 + corrected));
  }
}
