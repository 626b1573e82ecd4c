package org.dinovmf.ops;

/**
 * Differences between two von Mises-Fisher distributions of equal dimension and mean direction, of
 * which one has concentration kappa and the other {@code other}.
 *
 * <p>Written with the values at both, they cancel where both are close, and where both are large.
 * So within {@link #NEAR} times the larger one they are integrals of {@code A'} by Gauss'
 * quadrature, and from about {@code A(kappa) = 1 / 2} on differences of {@code 1 - A} and {@code
 * kappa - F}.
 */
final class DivergenceTerms<V> {

  /** To here 8 points leave 2e-15 of the integral. */
  static final double NEAR = 0.3;

  /** The nodes above the middle of [0, 1] and their weights: DLMF 3.5, table 3.5.3, halved. */
  private static final double[] NODES = {
    0.591717321247825, 0.7627662049581645, 0.8983332387068134, 0.9801449282487681
  };

  private static final double[] WEIGHTS = {
    0.181341891689181, 0.15685332293894366, 0.11119051722668724, 0.05061426814518813
  };

  private final Arithmetic<V> math;
  private final VonMisesFisherFormula formula;
  private final ConcentrationTerms<V> terms;
  private final ConcentrationTerms<V> otherTerms;
  private final V step;
  private final int dim;

  DivergenceTerms(Arithmetic<V> math, VonMisesFisherFormula formula, int dim, V kappa, V other) {
    this.math = math;
    this.formula = formula;
    this.dim = dim;
    terms = formula.ofKappa(math, kappa);
    otherTerms = formula.ofKappa(math, other);
    step = math.sub(otherTerms.kappa(), terms.kappa());
  }

  /** {@code other - kappa}. */
  V step() {
    return step;
  }

  ConcentrationTerms<V> atKappa() {
    return terms;
  }

  ConcentrationTerms<V> atOther() {
    return otherTerms;
  }

  /**
   * {@code F(other) - F(kappa) - A(kappa) (other - kappa) >= 0}: the divergence of {@code other}.
   */
  V divergence() {
    V near = math.mul(math.square(step), integral(true));
    V atSmall =
        math.sub(
            math.sub(otherTerms.difference(), terms.difference()), math.mul(terms.length(), step));
    V atLarge =
        math.add(
            math.sub(terms.remainder(), otherTerms.remainder()),
            math.mul(terms.complement(), step));
    return choose(near, atSmall, atLarge);
  }

  /** {@code A(other) - A(kappa)}, the slope of {@link #divergence} in {@code other}. */
  V lengthDifference() {
    V near = math.mul(step, integral(false));
    V atSmall = math.sub(otherTerms.length(), terms.length());
    V atLarge = math.sub(terms.complement(), otherTerms.complement());
    return choose(near, atSmall, atLarge);
  }

  /** Of {@code A'} from kappa to {@code other}, with the weight {@code 1 - s} or 1. */
  private V integral(boolean isWeighted) {
    V sum = math.constant(0);
    for (int i = 0; i < NODES.length; i++) {
      for (double s : new double[] {NODES[i], 1 - NODES[i]}) {
        V at = math.add(terms.kappa(), math.scale(step, s));
        double weight = isWeighted ? WEIGHTS[i] * (1 - s) : WEIGHTS[i];
        sum = math.add(sum, math.scale(formula.ofKappa(math, at).slope(), weight));
      }
    }
    return sum;
  }

  private V choose(V near, V atSmall, V atLarge) {
    V far = math.whereLess(terms.kappa(), math.constant(2 * dim / 3.0), atSmall, atLarge);
    V larger = math.max(terms.kappa(), otherTerms.kappa());
    V distance = math.max(step, math.scale(step, -1));
    return math.whereLess(distance, math.scale(larger, NEAR), near, far);
  }
}
