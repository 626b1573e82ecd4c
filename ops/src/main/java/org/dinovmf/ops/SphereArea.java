package org.dinovmf.ops;

import java.math.BigDecimal;
import java.math.MathContext;

/** The area of the unit sphere of {@code R^dim}, {@code 2 pi^(dim / 2) / Gamma(dim / 2)}. */
final class SphereArea {

  private static final MathContext DIGITS = MathContext.DECIMAL128;

  private static final BigDecimal TWO_PI = new BigDecimal("6.283185307179586476925286766559005768");

  /** From here on Stirling's series keeps all digits. */
  private static final int STIRLING_FROM = 64;

  private SphereArea() {}

  /**
   * The logarithm of the area, within 4 rounding errors of double. It falls through 0 between 18
   * and 20 dimensions, where a sum of logarithms would have no digit left.
   *
   * @param dim at least 2
   */
  static double log(int dim) {
    if (dim >= STIRLING_FROM) {
      double order = VonMisesFisherFormula.order(dim);
      return order * (1 + Math.log(Math.PI / order))
          + 0.5 * Math.log(2 * Math.PI / order)
          - LogGamma.stirlingRemainder(order);
    }
    BigDecimal area = dim % 2 == 0 ? TWO_PI : TWO_PI.add(TWO_PI);
    for (int d = 2 + dim % 2; d < dim; d += 2) {
      area = area.multiply(TWO_PI, DIGITS).divide(BigDecimal.valueOf(d), DIGITS);
    }
    double aboveOne = area.subtract(BigDecimal.ONE).doubleValue();
    return Math.abs(aboveOne) < 0.5 ? Math.log1p(aboveOne) : Math.log(area.doubleValue());
  }
}
