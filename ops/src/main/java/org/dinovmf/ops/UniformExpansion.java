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
  private final ShortPolynomial slope; // m = (1 - 2 t^2) b + (1 - t^2) t b'
  private final ShortPolynomial curvature; // 2 m + t m'
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
    // A third derivative needs more terms for the same error.
    List<BigDecimal> longer = twiceSlope(correction(order, terms + 2));
    curvature = ShortPolynomial.of(curvature(slope(longer, BigDecimal.ONE)), low, tolerance);
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

  /** {@code 2 m + t m'}. */
  static List<BigDecimal> curvature(List<BigDecimal> m) {
    List<BigDecimal> result = new ArrayList<>();
    for (int j = 0; j < m.size(); j++) {
      result.add(m.get(j).multiply(BigDecimal.valueOf(j + 2L)));
    }
    return result;
  }

  /** Degrees of the polynomials of value, ratio and slope. */
  List<Integer> degrees() {
    return List.of(value.degree(), ratio.degree(), slope.degree());
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
      return math.sub(kappa, remainder(kappa));
    }

    @Override
    public V remainder(V kappa) {
      return math.add(radius.kappaMinusDelta(kappa), deltaMinusDifference());
    }

    /** {@code delta - F}, whose terms have one sign but for a small one. */
    private V deltaMinusDifference() {
      V u = u();
      return math.add(math.scale(math.log1p(math.scale(u, 0.5)), order), smallPart(u));
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
      V small = math.mul(math.scale(t, 0.5 / order), onePlusRatio());
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
    public V curvature() {
      V bracket =
          math.add(math.add(math.scale(math.square(t), -8), 2), expansion.curvature.at(math, t));
      V leading = math.mul(math.add(t, 2), math.square(inverseOfOnePlusT()));
      V sum = math.add(leading, math.scale(bracket, 0.5 / order));
      V fourth = math.square(math.square(t));
      return math.mul(math.scale(fourth, -1 / (order * order * order)), sum);
    }

    @Override
    public V complement(V kappa) {
      V share = math.div(math.constant(order), math.add(radius.s(), order));
      V leading =
          math.mul(share, math.add(math.div(math.constant(order), math.add(radius.s(), kappa)), 1));
      V small = math.mul(math.div(kappa, radius.s()), math.scale(t, 0.5 / order));
      return math.add(leading, math.mul(small, onePlusRatio()));
    }

    /** With {@code kappa^2 / s^2 = u t (u t + 2 t)}, which neither overflows nor cancels. */
    @Override
    public V divergence() {
      V ut = math.mul(u(), t);
      V share = math.mul(ut, math.add(ut, math.scale(t, 2)));
      V small = math.mul(math.scale(share, 0.5), onePlusRatio());
      return math.sub(deltaMinusDifference(), small);
    }

    private V onePlusRatio() {
      return math.add(expansion.ratio.at(math, t), 1);
    }

    @Override
    public V ratioSlope() {
      V twice = math.scale(onePlusRatio(), 2);
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
