package org.dinovmf.ops;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The normalizer by the expansion of the Bessel function in its order (Debye; DLMF 10.41(ii)), for
 * one order large enough for a fixed number of terms at every kappa.
 *
 * <p>With {@code t = order / s} the terms collapse to one polynomial in t. The difference to kappa
 * = 0 is taken symbolically, which leaves the {@code log1p} of small numbers; the slopes have
 * polynomials of their own, because differences of the value would lose their digits.
 */
final class UniformExpansion {

  private static final MathContext DIGITS = DebyePolynomials.DIGITS;

  private final double order;
  private final ShortPolynomial value; // (corr(1) - corr(t)) / (1 - t)
  private final ShortPolynomial ratio; // b = 2 t corr'
  private final ShortPolynomial slope; // (1 - 2 t^2) b + (1 - t^2) t b'
  private final ShortPolynomial ratioSlope; // t b'

  /**
   * Makes the polynomials.
   *
   * @param low the smallest t that will be asked for
   */
  UniformExpansion(double order, double low, FloatPrecision precision) {
    this.order = order;
    int terms = precision.terms(order);
    List<BigDecimal> c = correction(order, terms);
    int degree = c.size() - 1;
    List<BigDecimal> quotient = new ArrayList<>(); // coefficient i is the sum of c after i
    BigDecimal sum = BigDecimal.ZERO;
    for (int i = degree; i > 0; i--) {
      sum = sum.add(c.get(i), DIGITS);
      quotient.add(sum);
    }
    Collections.reverse(quotient);
    List<BigDecimal> b = twiceSlope(c);
    double tolerance = precision.epsilon() * order / 8;
    value = ShortPolynomial.of(quotient, low, tolerance / 2);
    ratio = ShortPolynomial.of(b, low, tolerance);
    slope = ShortPolynomial.of(slope(b, BigDecimal.ONE), low, tolerance);
    ratioSlope = ShortPolynomial.of(timesIndex(b), low, tolerance);
  }

  /** The sum of {@code D_k(t) / order^k}, as a polynomial in t. */
  private static List<BigDecimal> correction(double order, int terms) {
    List<BigDecimal> sum = new ArrayList<>(Collections.nCopies(3 * terms + 1, BigDecimal.ZERO));
    BigDecimal inverse = BigDecimal.ONE.divide(new BigDecimal(order), DIGITS);
    BigDecimal factor = BigDecimal.ONE;
    for (List<BigDecimal> polynomial : DebyePolynomials.of(terms)) {
      factor = factor.multiply(inverse, DIGITS);
      for (int j = 0; j < polynomial.size(); j++) {
        sum.set(j, sum.get(j).add(polynomial.get(j).multiply(factor), DIGITS));
      }
    }
    return sum;
  }

  /** {@code 2 t c'(t)}. */
  static List<BigDecimal> twiceSlope(List<BigDecimal> c) {
    return timesIndex(c).stream().map(v -> v.add(v)).toList();
  }

  private static List<BigDecimal> timesIndex(List<BigDecimal> c) {
    List<BigDecimal> result = new ArrayList<>();
    for (int j = 0; j < c.size(); j++) {
      result.add(c.get(j).multiply(BigDecimal.valueOf(j)));
    }
    return result;
  }

  /** {@code (1 - 2 q t^2) b + (1 - q t^2) t b'}. */
  static List<BigDecimal> slope(List<BigDecimal> b, BigDecimal q) {
    List<BigDecimal> result = new ArrayList<>();
    for (int j = 0; j < b.size() + 2; j++) {
      BigDecimal own =
          j < b.size() ? b.get(j).multiply(BigDecimal.valueOf(j + 1L)) : BigDecimal.ZERO;
      BigDecimal before =
          j < 2
              ? BigDecimal.ZERO
              : b.get(j - 2).multiply(BigDecimal.valueOf(j)).multiply(q, DIGITS);
      result.add(own.subtract(before, DIGITS));
    }
    return result;
  }

  /** Degrees of the four polynomials, in the order of {@link NormalizerTerms}. */
  List<Integer> degrees() {
    return List.of(value.degree(), ratio.degree(), slope.degree(), ratioSlope.degree());
  }

  <V> At<V> at(Arithmetic<V> math, V kappaSquared) {
    return new At<>(this, math, kappaSquared);
  }

  /** The terms at one kappa. */
  static final class At<V> implements NormalizerTerms<V> {

    private final UniformExpansion expansion;
    private final Arithmetic<V> math;
    private final double order;
    private final BesselRadius<V> radius;
    private final V t;

    private At(UniformExpansion expansion, Arithmetic<V> math, V kappaSquared) {
      this.expansion = expansion;
      this.math = math;
      order = expansion.order;
      radius = BesselRadius.of(math, order, kappaSquared);
      t = math.div(math.constant(order), radius.s());
    }

    /** {@code u - log1p(u / 2)} loses at most one bit, and the small rest comes off last. */
    @Override
    public V difference() {
      V u = u();
      V leading = math.scale(math.sub(u, math.log1p(math.scale(u, 0.5))), order);
      return math.sub(leading, smallPart(u));
    }

    /** The same number for kappa above the order, where it is close to kappa. */
    V differenceAtLargeKappa(V kappa) {
      V u = u();
      V h = math.add(math.scale(math.log1p(math.scale(u, 0.5)), order), smallPart(u));
      return math.sub(kappa, math.add(radius.kappaMinusDelta(kappa), h));
    }

    private V u() {
      return math.scale(radius.delta(), 1 / order);
    }

    private V smallPart(V u) {
      V correction = math.mul(math.mul(u, t), expansion.value.at(math, t));
      return math.add(math.scale(math.log1p(u), 0.5), correction);
    }

    @Override
    public V ratio() {
      V small = math.mul(math.scale(t, 0.5 / order), math.add(expansion.ratio.at(math, t), 1));
      return math.mul(math.scale(t, 1 / order), math.sub(inverseOfOnePlusT(), small));
    }

    @Override
    public V slope() {
      V t2 = math.square(t);
      V bracket = math.add(math.add(math.scale(t2, -2), 1), expansion.slope.at(math, t));
      V sum = math.add(inverseOfOnePlusT(), math.scale(bracket, 0.5 / order));
      return math.mul(math.scale(t2, 1 / order), sum);
    }

    @Override
    public V ratioSlope() {
      V twice = math.scale(math.add(expansion.ratio.at(math, t), 1), 2);
      V bracket = math.add(twice, expansion.ratioSlope.at(math, t));
      V small = math.mul(math.scale(t, 0.5 / order), bracket);
      V inner = math.sub(math.square(inverseOfOnePlusT()), small);
      V cube = math.mul(math.square(t), t);
      return math.mul(math.scale(cube, -0.5 / (order * order * order)), inner);
    }

    private V inverseOfOnePlusT() {
      return math.div(math.constant(1), math.add(t, 1));
    }
  }
}
