package org.dinovmf.ops;

/**
 * The operations that a formula needs, over numbers of the host or over operands of a graph, so
 * that both use one text of the formula.
 *
 * @param <V> a value
 */
interface Arithmetic<V> {

  V constant(double value);

  V add(V a, V b);

  V sub(V a, V b);

  V mul(V a, V b);

  V div(V a, V b);

  V min(V a, V b);

  V max(V a, V b);

  V sqrt(V a);

  V log(V a);

  V log1p(V a);

  /** {@code then} where {@code a < b}, {@code otherwise} elsewhere; both are computed. */
  V whereLess(V a, V b, V then, V otherwise);

  default V add(V a, double b) {
    return add(a, constant(b));
  }

  default V scale(V a, double factor) {
    return mul(a, constant(factor));
  }

  default V square(V a) {
    return mul(a, a);
  }
}
