package org.dinovmf.ops.mixture;

/** Arithmetic of unit vectors. */
final class UnitVectors {

  /** What float32 components leave of a length of 1. */
  private static final double TOLERANCE = 1e-5;

  private UnitVectors() {}

  static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  /** {@code 1 - a.b} of unit vectors, with all digits for small angles. */
  static double oneMinusCosine(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      double difference = a[i] - b[i];
      sum += difference * difference;
    }
    return sum / 2;
  }

  /** A copy of length 1. */
  static double[] normalized(double[] x) {
    double norm = Math.sqrt(dot(x, x));
    double[] unit = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      unit[i] = x[i] / norm;
    }
    return unit;
  }

  static void require(double[] x, String name) {
    if (x.length < 2) {
      throw new IllegalArgumentException(
          "%s must have at least 2 values, but has %d".formatted(name, x.length));
    }
    double norm = Math.sqrt(dot(x, x));
    if (!(Math.abs(norm - 1) <= TOLERANCE)) {
      throw new IllegalArgumentException(
          "%s must have length 1, but has length %s".formatted(name, norm));
    }
  }
}
