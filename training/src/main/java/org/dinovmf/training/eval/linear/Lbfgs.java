package org.dinovmf.training.eval.linear;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * Limited-memory BFGS; Liu and Nocedal 1989, algorithm 2.1, with a line search by bisection for the
 * weak Wolfe conditions; Lewis and Overton 2013, section 3.
 */
final class Lbfgs {

  /** Pairs that the estimate of the curvature remembers. */
  private static final int MEMORY = 10;

  /** Share of the promised decrease that a step must reach; usual for quasi-Newton methods. */
  private static final double SUFFICIENT_DECREASE = 1e-4;

  /** A step must leave at most this share of the slope; usual for quasi-Newton methods. */
  private static final double REMAINING_SLOPE = 0.9;

  private static final int MAX_TRIALS = 60;

  private final SmoothFunction function;
  private final Deque<Pair> pairs = new ArrayDeque<>();
  private double[] point;
  private double[] gradient;
  private double value;

  private Lbfgs(SmoothFunction function, double[] start) {
    this.function = function;
    this.point = start.clone();
    this.gradient = new double[start.length];
    this.value = function.evaluate(point, gradient);
  }

  /** Whether a point is near enough to the minimum. */
  @FunctionalInterface
  interface Goal {
    boolean isReached(double value, double[] gradient);
  }

  /** Where the search ended; without the goal it is as near as rounding or the bound allows. */
  @SuppressWarnings("ArrayRecordComponent") // handed over once
  record Minimum(double[] point, double value, int iterations, boolean isReached) {}

  /** A step, the change of the gradient along it, and one over their product. */
  @SuppressWarnings("ArrayRecordComponent") // not shared
  private record Pair(double[] step, double[] change, double inverseProduct) {}

  /** Minimizes a function, from a start. */
  static Minimum minimize(SmoothFunction function, double[] start, Goal goal, int maxIterations) {
    Lbfgs search = new Lbfgs(function, start);
    int iterations = 0;
    boolean isReached = goal.isReached(search.value, search.gradient);
    while (!isReached && iterations < maxIterations && search.advance()) {
      iterations++;
      isReached = goal.isReached(search.value, search.gradient);
    }
    return new Minimum(search.point, search.value, iterations, isReached);
  }

  /** Does one iteration; false where no step decreases the value any more. */
  private boolean advance() {
    double[] direction = direction();
    double slope = dot(direction, gradient);
    double low = 0;
    double high = Double.POSITIVE_INFINITY;
    // Without a pair the length of the direction says nothing about that of the step.
    double length = pairs.isEmpty() ? 1 / Math.sqrt(dot(gradient, gradient)) : 1;
    double[] next = new double[point.length];
    double[] nextGradient = new double[point.length];
    for (int trial = 0; trial < MAX_TRIALS; trial++) {
      for (int i = 0; i < next.length; i++) {
        next[i] = point[i] + length * direction[i];
      }
      double nextValue = function.evaluate(next, nextGradient);
      boolean isLess = nextValue <= value + SUFFICIENT_DECREASE * length * slope;
      if (isLess && dot(nextGradient, direction) >= REMAINING_SLOPE * slope) {
        accept(next, nextValue, nextGradient);
        return true;
      }
      if (isLess) {
        low = length;
      } else {
        high = length;
      }
      length = Double.isInfinite(high) ? 2 * low : (low + high) / 2;
    }
    return false;
  }

  private void accept(double[] next, double nextValue, double[] nextGradient) {
    double[] step = difference(next, point);
    double[] change = difference(nextGradient, gradient);
    double product = dot(step, change);
    if (product > 0) { // the Wolfe conditions say so, but for rounding
      if (pairs.size() == MEMORY) {
        pairs.removeFirst();
      }
      pairs.addLast(new Pair(step, change, 1 / product));
    }
    point = next;
    value = nextValue;
    gradient = nextGradient;
  }

  /** Minus the gradient, times the estimate of the inverse curvature: the two-loop recursion. */
  private double[] direction() {
    double[] result = new double[gradient.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = -gradient[i];
    }
    double[] weights = new double[pairs.size()];
    int k = weights.length;
    for (Iterator<Pair> newestFirst = pairs.descendingIterator(); newestFirst.hasNext(); ) {
      Pair pair = newestFirst.next();
      k--;
      weights[k] = pair.inverseProduct() * dot(pair.step(), result);
      add(result, -weights[k], pair.change());
    }
    if (!pairs.isEmpty()) {
      Pair newest = pairs.getLast();
      double scale = 1 / (newest.inverseProduct() * dot(newest.change(), newest.change()));
      for (int i = 0; i < result.length; i++) {
        result[i] *= scale;
      }
    }
    for (Pair pair : pairs) {
      double correction = weights[k++] - pair.inverseProduct() * dot(pair.change(), result);
      add(result, correction, pair.step());
    }
    return result;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static void add(double[] target, double factor, double[] values) {
    for (int i = 0; i < target.length; i++) {
      target[i] += factor * values[i];
    }
  }

  private static double[] difference(double[] a, double[] b) {
    double[] result = new double[a.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = a[i] - b[i];
    }
    return result;
  }
}
