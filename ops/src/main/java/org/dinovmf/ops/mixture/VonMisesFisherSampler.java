package org.dinovmf.ops.mixture;

import java.util.SplittableRandom;

/**
 * Draws from a von Mises-Fisher distribution by the rejection method of Wood 1994 in the form
 * {@code z ~ Beta((dim - 1) / 2, (dim - 1) / 2)}, {@code w = (1 - (1 + b) z) / (1 - (1 - b) z)}.
 *
 * <p>Deviation from the paper: {@code 1 - w} and {@code 1 - w^2} are computed from z directly,
 * {@code 2 b z / d} and {@code 4 b z (1 - z) / d^2} with {@code d = 1 - (1 - b) z}, because
 * differences lose all digits at high concentration; and the direction around the mean is a
 * Gaussian vector made orthogonal to it, which needs no rotation.
 */
public final class VonMisesFisherSampler {

  private final double[] meanDirection;
  private final double kappa;
  private final double shape; // (dim - 1) / 2
  private final double b;

  /**
   * Prepares a distribution.
   *
   * @param meanDirection unit vector of at least 2 values
   * @param kappa concentration, finite and at least 0
   */
  public VonMisesFisherSampler(double[] meanDirection, double kappa) {
    UnitVectors.require(meanDirection, "meanDirection");
    if (!(kappa >= 0 && Double.isFinite(kappa))) {
      throw new IllegalArgumentException("kappa must be finite and at least 0, but is " + kappa);
    }
    this.meanDirection = meanDirection.clone();
    this.kappa = kappa;
    int freedom = meanDirection.length - 1;
    shape = freedom / 2.0;
    b = freedom / (2 * kappa + Math.hypot(2 * kappa, freedom));
  }

  /** One unit vector. */
  public double[] sample(SplittableRandom random) {
    while (true) {
      double first = gamma(random, shape);
      double second = gamma(random, shape);
      double z = first / (first + second);
      double oneMinusZ = second / (first + second);
      double d = oneMinusZ + b * z;
      double logRatio =
          2 * b * kappa * (oneMinusZ - z) / ((1 + b) * d) + 2 * shape * Math.log((1 + b) / (2 * d));
      if (logRatio >= -random.nextExponential()) {
        return turned(random, 2 * b * z / d, 2 * Math.sqrt(b * z * oneMinusZ) / d);
      }
    }
  }

  /** The mean direction turned by an angle given by {@code 1 - cos} and {@code sin}. */
  private double[] turned(SplittableRandom random, double oneMinusCosine, double sine) {
    double[] tangent = new double[meanDirection.length];
    double norm = 0;
    while (norm < 1e-9) { // a Gaussian along the mean direction leaves only rounding
      for (int i = 0; i < tangent.length; i++) {
        tangent[i] = random.nextGaussian();
      }
      for (int pass = 0; pass < 2; pass++) { // the second removes the rounding of the first
        double along = UnitVectors.dot(tangent, meanDirection);
        for (int i = 0; i < tangent.length; i++) {
          tangent[i] -= along * meanDirection[i];
        }
      }
      norm = Math.sqrt(UnitVectors.dot(tangent, tangent));
    }
    double[] x = new double[tangent.length];
    for (int i = 0; i < x.length; i++) {
      x[i] = meanDirection[i] - oneMinusCosine * meanDirection[i] + sine / norm * tangent[i];
    }
    return x;
  }

  /** Marsaglia and Tsang 2000; below shape 1 with their boost by a power of a uniform number. */
  private static double gamma(SplittableRandom random, double shape) {
    if (shape < 1) {
      double uniform = 1 - random.nextDouble(); // above 0
      return gamma(random, shape + 1) * Math.pow(uniform, 1 / shape);
    }
    double d = shape - 1 / 3.0;
    double c = 1 / Math.sqrt(9 * d);
    while (true) {
      double x = random.nextGaussian();
      double v = 1 + c * x;
      if (v > 0) {
        double cube = v * v * v;
        if (random.nextExponential() >= -(0.5 * x * x + d - d * cube + d * Math.log(cube))) {
          return d * cube;
        }
      }
    }
  }
}
