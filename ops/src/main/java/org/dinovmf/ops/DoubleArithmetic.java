package org.dinovmf.ops;

/** {@link Arithmetic} of the host. */
enum DoubleArithmetic implements Arithmetic<Double> {
  INSTANCE;

  @Override
  public Double constant(double value) {
    return value;
  }

  @Override
  public Double add(Double a, Double b) {
    return a + b;
  }

  @Override
  public Double sub(Double a, Double b) {
    return a - b;
  }

  @Override
  public Double mul(Double a, Double b) {
    return a * b;
  }

  @Override
  public Double div(Double a, Double b) {
    return a / b;
  }

  @Override
  public Double min(Double a, Double b) {
    return Math.min(a, b);
  }

  @Override
  public Double max(Double a, Double b) {
    return Math.max(a, b);
  }

  @Override
  public Double sqrt(Double a) {
    return Math.sqrt(a);
  }

  @Override
  public Double log(Double a) {
    return Math.log(a);
  }

  @Override
  public Double log1p(Double a) {
    return Math.log1p(a);
  }

  @Override
  public Double whereLess(Double a, Double b, Double then, Double otherwise) {
    return a < b ? then : otherwise;
  }
}
