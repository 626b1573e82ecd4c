package org.dinovmf.training.eval.linear;

/** A differentiable function of a vector. */
@FunctionalInterface
interface SmoothFunction {

  /**
   * The value.
   *
   * @param gradient filled with the gradient
   */
  double evaluate(double[] at, double[] gradient);
}
