package org.dinovmf.ops;

import java.util.ArrayList;
import java.util.List;

/**
 * The normalizer of small orders up to some kappa: {@link UniformExpansion} at an order that is
 * larger by whole steps, and back with {@code I_{n-1} = I_{n+1} + 2 n / kappa I_n}. All terms of
 * these recurrences are positive, so nothing cancels.
 */
final class RaisedOrder {

  private final double order;
  private final int steps;
  private final UniformExpansion raised;

  RaisedOrder(double order, FloatPrecision precision) {
    this.order = order;
    steps = (int) Math.ceil(precision.smallestOrder() - order);
    double top = order + steps;
    raised = new UniformExpansion(top, top / Math.hypot(top, precision.largeKappa()), precision);
  }

  UniformExpansion expansion() {
    return raised;
  }

  <V> NormalizerTerms<V> at(Arithmetic<V> math, V kappaSquared) {
    return new At<>(this, math, kappaSquared);
  }

  private static final class At<V> implements NormalizerTerms<V> {

    private final RaisedOrder raised;
    private final Arithmetic<V> math;
    private final V kappaSquared;
    private final UniformExpansion.At<V> top;

    /** A / kappa of each order from {@code order} up to the raised one. */
    private final List<V> ratios = new ArrayList<>();

    At(RaisedOrder raised, Arithmetic<V> math, V kappaSquared) {
      this.raised = raised;
      this.math = math;
      this.kappaSquared = kappaSquared;
      top = raised.raised.at(math, kappaSquared);
      V ratio = top.ratio();
      ratios.add(ratio);
      for (int j = raised.steps; j > 0; j--) {
        V sum = math.add(math.mul(kappaSquared, ratio), 2 * (raised.order + j));
        ratio = math.div(math.constant(1), sum);
        ratios.add(0, ratio);
      }
    }

    /** One logarithm serves all steps: the product of their arguments is bounded with kappa. */
    @Override
    public V difference() {
      V product = growth(raised.steps);
      for (int j = raised.steps - 1; j > 0; j--) {
        V growth = growth(j);
        product = math.add(math.add(product, growth), math.mul(product, growth));
      }
      return math.add(top.difference(), math.log1p(product));
    }

    private V growth(int step) {
      V x = math.mul(kappaSquared, ratios.get(step));
      return math.scale(x, 0.5 / (raised.order + step));
    }

    @Override
    public V remainder(V kappa) {
      return math.sub(kappa, difference());
    }

    @Override
    public V ratio() {
      return ratios.get(0);
    }

    @Override
    public V slope() {
      return slopes().get(0);
    }

    /** A' of each order from the lowest up to the raised one. */
    private List<V> slopes() {
      List<V> slopes = new ArrayList<>();
      slopes.add(top.slope());
      for (int j = raised.steps; j > 0; j--) {
        slopes.add(0, math.mul(math.square(ratios.get(j - 1)), inner(j, slopes.get(0))));
      }
      return slopes;
    }

    /** {@code 2 n - kappa^2 A'} at the order that is {@code step} above the lowest. */
    private V inner(int step, V slope) {
      return math.sub(math.constant(2 * (raised.order + step)), math.mul(kappaSquared, slope));
    }

    /** The recurrence of A', differentiated. */
    @Override
    public V curvature() {
      List<V> slopes = slopes();
      V curvature = top.curvature();
      for (int j = raised.steps; j > 0; j--) {
        V slope = slopes.get(j);
        V ratio = ratios.get(j - 1);
        V ofRatio = math.mul(math.mul(ratio, math.add(ratios.get(j), slope)), inner(j, slope));
        V ofSlope = math.add(math.scale(slope, 2), math.mul(kappaSquared, curvature));
        V sum = math.add(math.scale(ofRatio, 2), ofSlope);
        curvature = math.scale(math.mul(math.square(ratio), sum), -1);
      }
      return curvature;
    }

    @Override
    public V complement(V kappa) {
      return math.sub(math.constant(1), math.mul(kappa, ratio()));
    }

    @Override
    public V divergence() {
      return math.sub(math.mul(kappaSquared, ratio()), difference());
    }

    /** The recurrence of the ratio, differentiated; {@code (kappa^2 ratio)' = (ratio + A') / 2}. */
    @Override
    public V ratioSlope() {
      V sum = math.add(ratios.get(1), slopes().get(1));
      return math.scale(math.mul(math.square(ratios.get(0)), sum), -0.5);
    }
  }
}
