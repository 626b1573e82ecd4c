package org.dinovmf.ops;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The normalizer of small orders, 0 included, from some kappa on: the terms of {@link
 * UniformExpansion}, which are powers of {@code 1 / s} and so decay with kappa as well. For order 0
 * this is Hankel's expansion.
 *
 * <p>The polynomials are in {@code y = smallestKappa / s}, because their coefficients in {@code 1 /
 * s} would overflow float32.
 */
final class LargeKappaExpansion {

  private static final MathContext DIGITS = DebyePolynomials.DIGITS;

  private final double order;
  private final double smallestKappa;
  private final ShortPolynomial value; // the correction
  private final ShortPolynomial ratio; // b = 2 y c'
  private final ShortPolynomial slope; // m
  private final ShortPolynomial curvature; // 2 m + y m'

  LargeKappaExpansion(double order, FloatPrecision precision) {
    this.order = order;
    smallestKappa = precision.largeKappa();
    double epsilon = precision.epsilon();
    List<BigDecimal> c = correction(order, smallestKappa, precision.termsAtLargeKappa());
    List<BigDecimal> b = UniformExpansion.twiceSlope(c);
    double q = order / smallestKappa;
    value = ShortPolynomial.of(c, 0, epsilon * smallestKappa / 16);
    ratio = ShortPolynomial.of(b, 0, 2 * epsilon);
    List<BigDecimal> m = UniformExpansion.slope(b, new BigDecimal(q * q));
    slope = ShortPolynomial.of(m, 0, epsilon / 8);
    curvature = ShortPolynomial.of(UniformExpansion.curvature(m), 0, epsilon / 8);
  }

  /** The sum over k of {@code [t^j] D_k order^(j - k) smallestKappa^-j}, for each power j. */
  private static List<BigDecimal> correction(double order, double smallestKappa, int terms) {
    List<BigDecimal> sum = new ArrayList<>(Collections.nCopies(3 * terms + 1, BigDecimal.ZERO));
    List<BigDecimal> orders = powers(new BigDecimal(order), 3 * terms);
    List<BigDecimal> inverses =
        powers(BigDecimal.ONE.divide(new BigDecimal(smallestKappa), DIGITS), 3 * terms);
    List<List<BigDecimal>> polynomials = DebyePolynomials.of(terms);
    for (int k = 1; k <= terms; k++) {
      List<BigDecimal> polynomial = polynomials.get(k - 1);
      for (int j = k; j < polynomial.size(); j++) { // D_k begins with t^k
        BigDecimal factor = orders.get(j - k).multiply(inverses.get(j), DIGITS);
        sum.set(j, sum.get(j).add(polynomial.get(j).multiply(factor, DIGITS), DIGITS));
      }
    }
    return sum;
  }

  private static List<BigDecimal> powers(BigDecimal base, int highest) {
    List<BigDecimal> powers = new ArrayList<>(List.of(BigDecimal.ONE)); // the first also for 0
    while (powers.size() <= highest) {
      powers.add(powers.get(powers.size() - 1).multiply(base, DIGITS));
    }
    return powers;
  }

  /** Degrees of the polynomials of value, ratio and slope. */
  List<Integer> degrees() {
    return List.of(value.degree(), ratio.degree(), slope.degree());
  }

  <V> NormalizerTerms<V> at(Arithmetic<V> math, V kappa, V kappaSquared) {
    return new At<>(this, math, kappa, kappaSquared);
  }

  private static final class At<V> implements NormalizerTerms<V> {

    private final LargeKappaExpansion expansion;
    private final Arithmetic<V> math;
    private final double order;
    private final V kappa;
    private final V kappaSquared;
    private final BesselRadius<V> radius;
    private final V inverse; // 1 / s
    private final V y;

    At(LargeKappaExpansion expansion, Arithmetic<V> math, V kappa, V kappaSquared) {
      this.expansion = expansion;
      this.math = math;
      this.kappa = kappa;
      this.kappaSquared = kappaSquared;
      order = expansion.order;
      radius = BesselRadius.of(math, order, kappaSquared);
      inverse = math.div(math.constant(1), radius.s());
      y = math.scale(inverse, expansion.smallestKappa);
    }

    @Override
    public V difference() {
      V h = deltaMinusDifference();
      V atLarge = math.sub(kappa, math.add(radius.kappaMinusDelta(kappa), h));
      V atSmall = math.sub(radius.delta(), h);
      return math.whereLess(math.constant(4 * order), kappa, atLarge, atSmall);
    }

    @Override
    public V remainder(V kappa) {
      return math.add(radius.kappaMinusDelta(kappa), deltaMinusDifference());
    }

    private V deltaMinusDifference() {
      return math.sub(logarithms(), expansion.value.at(math, y));
    }

    private V logarithms() {
      if (order == 0) {
        return math.scale(math.log(math.scale(kappa, 2 * Math.PI)), 0.5);
      }
      V u = math.scale(radius.delta(), 1 / order);
      V sum =
          math.add(
              math.scale(math.log1p(math.scale(u, 0.5)), order), math.scale(math.log1p(u), 0.5));
      return math.add(sum, -LogGamma.stirlingRemainder(order));
    }

    @Override
    public V ratio() {
      V small = math.mul(halfInverseSquare(), onePlusRatio());
      return math.sub(math.div(math.constant(1), math.add(radius.s(), order)), small);
    }

    private V onePlusRatio() {
      return math.add(expansion.ratio.at(math, y), 1);
    }

    @Override
    public V slope() {
      V leading = math.div(math.scale(inverse, order), math.add(radius.s(), order));
      V bracket =
          math.add(
              math.add(math.scale(math.square(inverse), -2 * order * order), 1),
              expansion.slope.at(math, y));
      return math.add(leading, math.mul(halfInverseSquare(), bracket));
    }

    @Override
    public V curvature() {
      V sum = math.add(radius.s(), order); // s + order
      V growth = math.add(math.div(radius.s(), sum), 1);
      V leading = math.mul(math.div(math.scale(inverse, order), sum), growth);
      V bracket =
          math.add(
              math.add(math.scale(math.square(inverse), -8 * order * order), 2),
              expansion.curvature.at(math, y));
      V inner = math.add(leading, math.mul(halfInverseSquare(), bracket));
      return math.mul(math.scale(math.square(inverse), -1), inner);
    }

    @Override
    public V complement(V kappa) {
      V share = math.div(math.constant(order), math.add(radius.s(), order));
      V leading =
          math.mul(share, math.add(math.div(math.constant(order), math.add(radius.s(), kappa)), 1));
      V small = math.mul(math.mul(kappa, halfInverseSquare()), onePlusRatio());
      return math.add(leading, small);
    }

    @Override
    public V divergence() {
      V small = math.mul(math.mul(kappaSquared, halfInverseSquare()), onePlusRatio());
      return math.sub(deltaMinusDifference(), small);
    }

    /** From {@code (A / kappa)' = (A' - A / kappa) / kappa}: A' is much the smaller one here. */
    @Override
    public V ratioSlope() {
      return math.div(math.scale(math.sub(slope(), ratio()), 0.5), kappaSquared);
    }

    private V halfInverseSquare() {
      return math.scale(math.square(inverse), 0.5);
    }
  }
}
