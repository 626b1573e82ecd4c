package org.dinovmf.ops;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;

/**
 * An expected value.
 *
 * @param size that errors are measured in the last place of: the value's own, unless it passes
 *     through 0
 */
record VmfValue(BigDecimal value, BigDecimal size) {

  static VmfValue of(BigDecimal value) {
    return new VmfValue(value, value.abs());
  }

  /** The error in units in the last place of {@code size}. */
  double ulps(Class<? extends TFloating> type, double actual) {
    double ulp =
        type == TFloat32.class ? Math.ulp(size.floatValue()) : Math.ulp(size.doubleValue());
    return error(actual) / ulp;
  }

  /** Float32 below 1e-30 comes from subnormal numbers, which TensorFlow flushes to 0. */
  boolean isTiny(Class<? extends TFloating> type) {
    return type == TFloat32.class && size.doubleValue() < 1e-30;
  }

  void assertMatches(Class<? extends TFloating> type, double actual, double maxUlp, String what) {
    assertTrue(Double.isFinite(actual), what + " is " + actual);
    if (isTiny(type)) {
      assertTrue(
          error(actual) <= 1e-37, () -> "%s must be %s, but is %s".formatted(what, value, actual));
      return;
    }
    double ulps = ulps(type, actual);
    assertTrue(
        ulps <= maxUlp,
        () -> "%s must be %s, but is %s: %s ulp".formatted(what, value, actual, ulps));
  }

  private double error(double actual) {
    return value.subtract(new BigDecimal(actual)).abs().doubleValue();
  }
}
