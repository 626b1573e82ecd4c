package org.dinovmf.ops;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.Arrays;
import java.util.List;

/**
 * A polynomial on an interval, cut to the degree that a tolerance needs.
 *
 * <p>It is turned to Chebyshev polynomials of the interval, which spread the error of a cut evenly,
 * and after the cut to powers of the interval's own variable in [-1, 1]. The detour takes numbers
 * with a fixed point: in double its rounding is larger than the tolerances.
 */
final class ShortPolynomial {

  /** 77 decimal places, of which the largest coefficients cancel about 25. */
  private static final int FRACTION_BITS = 256;

  private static final BigDecimal UNIT = new BigDecimal(BigInteger.ONE.shiftLeft(FRACTION_BITS));

  private final List<Double> coefficients;
  private final double scale;
  private final double shift;

  private ShortPolynomial(List<Double> coefficients, double scale, double shift) {
    this.coefficients = coefficients;
    this.scale = scale;
    this.shift = shift;
  }

  /**
   * Shortens a polynomial.
   *
   * @param coefficients of the powers of t, the constant first
   * @param low lower end of the interval of t; the upper end is 1
   * @param tolerance bound of the absolute error
   */
  static ShortPolynomial of(List<BigDecimal> coefficients, double low, double tolerance) {
    BigInteger half = fixed(new BigDecimal(1 - low)).shiftRight(1);
    BigInteger middle = fixed(BigDecimal.ONE).subtract(half);
    List<BigInteger> chebyshev = List.of();
    for (int i = coefficients.size() - 1; i >= 0; i--) {
      chebyshev = multiplyAdd(chebyshev, half, middle, fixed(coefficients.get(i)));
    }
    List<Double> cut = powers(cut(chebyshev, fixed(new BigDecimal(tolerance))));
    return new ShortPolynomial(cut, 2 / (1 - low), -(1 + low) / (1 - low));
  }

  int degree() {
    return coefficients.size() - 1;
  }

  /** The value at {@code t}, by Horner's rule. */
  <V> V at(Arithmetic<V> math, V t) {
    V z = math.add(math.scale(t, scale), shift);
    V sum = math.constant(coefficients.get(degree()));
    for (int i = degree() - 1; i >= 0; i--) {
      sum = math.add(math.mul(sum, z), coefficients.get(i));
    }
    return sum;
  }

  private static BigInteger fixed(BigDecimal value) {
    return value.multiply(UNIT).toBigInteger();
  }

  /** {@code p(z) (half z + middle) + constant} for p in Chebyshev polynomials. */
  private static List<BigInteger> multiplyAdd(
      List<BigInteger> p, BigInteger half, BigInteger middle, BigInteger constant) {
    BigInteger[] result = new BigInteger[p.size() + 1];
    Arrays.fill(result, BigInteger.ZERO);
    result[0] = constant;
    for (int i = 0; i < p.size(); i++) {
      result[i] = result[i].add(p.get(i).multiply(middle).shiftRight(FRACTION_BITS));
      BigInteger slope = p.get(i).multiply(half).shiftRight(FRACTION_BITS);
      if (i == 0) { // z T_0 = T_1
        result[1] = result[1].add(slope);
      } else { // z T_i = (T_{i-1} + T_{i+1}) / 2
        BigInteger share = slope.shiftRight(1);
        result[i - 1] = result[i - 1].add(share);
        result[i + 1] = result[i + 1].add(share);
      }
    }
    return List.of(result);
  }

  /** Drops the longest tail whose summed size is below the tolerance, but not the constant. */
  private static List<BigInteger> cut(List<BigInteger> chebyshev, BigInteger tolerance) {
    BigInteger tail = BigInteger.ZERO;
    int size = chebyshev.size();
    while (size > 1) {
      tail = tail.add(chebyshev.get(size - 1).abs());
      if (tail.compareTo(tolerance) >= 0) {
        break;
      }
      size--;
    }
    return chebyshev.subList(0, size);
  }

  /** From Chebyshev polynomials to powers. */
  private static List<Double> powers(List<BigInteger> chebyshev) {
    BigInteger[] sum = zeros(chebyshev.size());
    BigInteger[] before = zeros(sum.length); // T_{n-1}
    BigInteger[] current = zeros(sum.length); // T_n
    current[0] = BigInteger.ONE;
    for (int n = 0; n < sum.length; n++) {
      BigInteger[] next = zeros(sum.length); // 2 z T_n - T_{n-1}, but T_1 = z
      for (int j = 0; j < sum.length; j++) {
        sum[j] = sum[j].add(chebyshev.get(n).multiply(current[j]));
        BigInteger shifted = j == 0 ? BigInteger.ZERO : current[j - 1];
        next[j] = n == 0 ? shifted : shifted.shiftLeft(1).subtract(before[j]);
      }
      before = current;
      current = next;
    }
    return Arrays.stream(sum)
        .map(c -> new BigDecimal(c).divide(UNIT, MathContext.DECIMAL128).doubleValue())
        .toList();
  }

  private static BigInteger[] zeros(int length) {
    BigInteger[] result = new BigInteger[length];
    Arrays.fill(result, BigInteger.ZERO);
    return result;
  }
}
