package org.dinovmf.ops;

import java.util.List;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TFloating;

/**
 * What the von Mises-Fisher normalizer needs to know of an element type: where the expansion in the
 * order of the Bessel function serves, and with how many terms.
 *
 * @param epsilon largest relative rounding error
 * @param orderOfTerms the smallest order at which 1, 2, ... terms leave less than a quarter of a
 *     rounding error, in value and slopes alike; falling
 * @param largeKappa from this kappa on the expansion serves every order
 * @param termsAtLargeKappa with this number of terms
 * @param maxKappa larger values of kappa are taken as this one: the square must stay finite
 */
record FloatPrecision(
    double epsilon,
    List<Double> orderOfTerms,
    double largeKappa,
    int termsAtLargeKappa,
    double maxKappa) {

  static final FloatPrecision FLOAT32 =
      new FloatPrecision(
          0x1p-24, List.of(323.0, 77.0, 35.0, 22.0, 15.5, 12.5, 10.5, 9.5), 12.8, 12, 1e18);

  static final FloatPrecision FLOAT64 =
      new FloatPrecision(
          0x1p-53,
          List.of(
              262144.0, 11600.0, 1912.0, 611.0, 271.0, 153.0, 98.0, 70.0, 53.0, 43.0, 36.0, 31.0,
              27.0, 24.5, 22.5, 21.0),
          25.5,
          24,
          1e150);

  FloatPrecision {
    orderOfTerms = List.copyOf(orderOfTerms);
  }

  static FloatPrecision of(Class<? extends TFloating> type) {
    if (type == TFloat32.class) {
      return FLOAT32;
    }
    if (type == TFloat64.class) {
      return FLOAT64;
    }
    throw new IllegalArgumentException(
        "the von Mises-Fisher normalizer must be computed in TFloat32 or TFloat64, but is in "
            + type.getSimpleName());
  }

  /** Number of terms of the expansion at an order of at least {@link #smallestOrder}. */
  int terms(double order) {
    int terms = 1;
    while (order < orderOfTerms.get(terms - 1)) {
      terms++;
    }
    return terms;
  }

  /** From this order on the expansion serves every kappa. */
  double smallestOrder() {
    return orderOfTerms.get(orderOfTerms.size() - 1);
  }
}
