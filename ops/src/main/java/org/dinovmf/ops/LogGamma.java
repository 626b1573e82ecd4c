package org.dinovmf.ops;

/** The logarithm of the gamma function, which Java lacks. */
final class LogGamma {

  /** From here on five terms of Stirling's series are exact in double. */
  private static final double STIRLING_FROM = 20;

  private LogGamma() {}

  /**
   * {@code log Gamma(order + 1)} minus Stirling's {@code order log order - order + log(2 pi order)
   * / 2}; about {@code 1 / (12 order)}.
   *
   * @param order above 0
   */
  static double stirlingRemainder(double order) {
    double v = order;
    double sum = 0;
    while (v < STIRLING_FROM) {
      sum += (v + 0.5) * Math.log1p(1 / v) - 1;
      v++;
    }
    double w = 1 / (v * v);
    double series = 1 / 12.0 - w * (1 / 360.0 - w * (1 / 1260.0 - w * (1 / 1680.0 - w / 1188)));
    return sum + series / v;
  }
}
