package org.dinovmf.ops;

/**
 * The normalizer of one dimension in one precision: which expansion serves, with its coefficients.
 *
 * <p>Orders from {@link FloatPrecision#smallestOrder} on take one closed form for every kappa;
 * smaller ones take two, divided at {@link FloatPrecision#largeKappa}. There is no loop over kappa.
 */
final class VonMisesFisherFormula {

  /** Above this multiple of the order, the difference is computed as kappa minus a small term. */
  private static final double LARGE_KAPPA_PER_ORDER = 4;

  private final Expansion expansion;
  private final double maxKappa;

  private VonMisesFisherFormula(Expansion expansion, double maxKappa) {
    this.expansion = expansion;
    this.maxKappa = maxKappa;
  }

  /**
   * Makes the coefficients; some milliseconds for a large dimension, some 100 for a small one.
   *
   * @param dim at least 2
   */
  static VonMisesFisherFormula of(int dim, FloatPrecision precision) {
    double order = order(dim);
    Expansion expansion =
        order >= precision.smallestOrder()
            ? new LargeOrder(order, new UniformExpansion(order, 0, precision))
            : new SmallOrder(
                precision.largeKappa(),
                new RaisedOrder(order, precision),
                new LargeKappaExpansion(order, precision));
    return new VonMisesFisherFormula(expansion, precision.maxKappa());
  }

  /** The order of the Bessel function, {@code dim / 2 - 1}. */
  static double order(int dim) {
    return requireDimension(dim) / 2.0 - 1;
  }

  static int requireDimension(int dim) {
    if (dim < 2) {
      throw new IllegalArgumentException("dim must be at least 2, but is " + dim);
    }
    return dim;
  }

  /** The terms at kappa, at least 0. */
  <V> ConcentrationTerms<V> ofKappa(Arithmetic<V> math, V kappa) {
    V bounded = math.min(kappa, math.constant(maxKappa));
    V used = math.max(bounded, math.constant(expansion.smallestKappaUsed()));
    return new ConcentrationTerms<>(math, bounded, expansion.at(math, used, math.square(bounded)));
  }

  /** The terms at the square of kappa; no square root is taken near 0. */
  <V> NormalizerTerms<V> ofSquare(Arithmetic<V> math, V kappaSquared) {
    V bounded = math.min(kappaSquared, math.constant(maxKappa * maxKappa));
    double smallest = expansion.smallestKappaUsed();
    V used = math.sqrt(math.max(bounded, math.constant(smallest * smallest)));
    return expansion.at(math, used, bounded);
  }

  /** The terms of one dimension for every kappa. */
  private sealed interface Expansion {

    /** Only from here on is kappa itself used, next to its square, by the terms of the square. */
    double smallestKappaUsed();

    <V> NormalizerTerms<V> at(Arithmetic<V> math, V kappa, V kappaSquared);
  }

  private record LargeOrder(double order, UniformExpansion expansion) implements Expansion {

    @Override
    public double smallestKappaUsed() {
      return LARGE_KAPPA_PER_ORDER * order;
    }

    @Override
    public <V> NormalizerTerms<V> at(Arithmetic<V> math, V kappa, V kappaSquared) {
      Switch<V> atLargeKappa = new Switch<>(math, kappaSquared, smallestKappaUsed());
      return new LargeOrderTerms<>(expansion.at(math, kappaSquared), kappa, atLargeKappa);
    }
  }

  private record LargeOrderTerms<V>(UniformExpansion.At<V> terms, V kappa, Switch<V> atLargeKappa)
      implements NormalizerTerms<V> {

    @Override
    public V difference() {
      return atLargeKappa.choose(terms.difference(), terms.differenceAtLargeKappa(kappa));
    }

    @Override
    public V ratio() {
      return terms.ratio();
    }

    @Override
    public V slope() {
      return terms.slope();
    }

    @Override
    public V ratioSlope() {
      return terms.ratioSlope();
    }

    @Override
    public V remainder(V kappa) {
      return terms.remainder(kappa);
    }

    @Override
    public V curvature() {
      return terms.curvature();
    }

    @Override
    public V complement(V kappa) {
      return terms.complement(kappa);
    }

    @Override
    public V divergence() {
      return terms.divergence();
    }
  }

  private record SmallOrder(double smallestKappaUsed, RaisedOrder below, LargeKappaExpansion above)
      implements Expansion {

    /** Each form gets its own side only, so both are finite everywhere. */
    @Override
    public <V> NormalizerTerms<V> at(Arithmetic<V> math, V kappa, V kappaSquared) {
      V bound = math.constant(smallestKappaUsed * smallestKappaUsed);
      return new SmallOrderTerms<>(
          below.at(math, math.min(kappaSquared, bound)),
          above.at(math, kappa, math.max(kappaSquared, bound)),
          new Switch<>(math, kappaSquared, smallestKappaUsed));
    }
  }

  private record SmallOrderTerms<V>(
      NormalizerTerms<V> below, NormalizerTerms<V> above, Switch<V> atLargeKappa)
      implements NormalizerTerms<V> {

    @Override
    public V difference() {
      return atLargeKappa.choose(below.difference(), above.difference());
    }

    @Override
    public V ratio() {
      return atLargeKappa.choose(below.ratio(), above.ratio());
    }

    @Override
    public V slope() {
      return atLargeKappa.choose(below.slope(), above.slope());
    }

    @Override
    public V ratioSlope() {
      return atLargeKappa.choose(below.ratioSlope(), above.ratioSlope());
    }

    @Override
    public V remainder(V kappa) {
      return atLargeKappa.choose(
          below.remainder(atLargeKappa.atMost(kappa)),
          above.remainder(atLargeKappa.atLeast(kappa)));
    }

    @Override
    public V curvature() {
      return atLargeKappa.choose(below.curvature(), above.curvature());
    }

    @Override
    public V complement(V kappa) {
      return atLargeKappa.choose(
          below.complement(atLargeKappa.atMost(kappa)),
          above.complement(atLargeKappa.atLeast(kappa)));
    }

    @Override
    public V divergence() {
      return atLargeKappa.choose(below.divergence(), above.divergence());
    }
  }

  /** One of two values by the size of kappa. */
  private record Switch<V>(Arithmetic<V> math, V kappaSquared, double kappa) {

    V choose(V below, V above) {
      return math.whereLess(kappaSquared, math.constant(kappa * kappa), below, above);
    }

    V atMost(V value) {
      return math.min(value, math.constant(kappa));
    }

    V atLeast(V value) {
      return math.max(value, math.constant(kappa));
    }
  }
}
