package org.dinovmf.ops;

/**
 * The quantities in which the expansions are written: {@code s = sqrt(kappa^2 + order^2)} and
 * {@code delta = s - order}, computed without cancellation.
 */
record BesselRadius<V>(Arithmetic<V> math, double order, V s, V delta) {

  static <V> BesselRadius<V> of(Arithmetic<V> math, double order, V kappaSquared) {
    V s = math.sqrt(math.add(kappaSquared, order * order));
    return new BesselRadius<>(math, order, s, math.div(kappaSquared, math.add(s, order)));
  }

  /** {@code kappa - delta}, without cancellation. */
  V kappaMinusDelta(V kappa) {
    V sum = math.add(s, kappa);
    V share = math.div(math.constant(order), math.add(s, order));
    return math.mul(math.mul(kappa, share), math.div(math.add(sum, order), sum));
  }
}
