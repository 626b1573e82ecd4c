package org.dinovmf.ops;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The polynomials D_k of the uniform expansion of the modified Bessel function in its order, {@code
 * log(sum_k U_k(t) / order^k) = sum_k D_k(t) / order^k}, with the U_k of DLMF 10.41.9.
 *
 * <p>The logarithm of that series is better behaved than the series: D_k has the parity of k, its
 * value at 1 is the coefficient of Stirling's series, and derivatives of the normalizer are
 * polynomials again. From the Riccati form of Bessel's equation, {@code D_1' = (1 - 5 t^2) / 8} and
 * {@code 2 D_{k+1}' = t^2 (1 - t^2) (D_k'' + sum_{i+j=k} D_i' D_j') + (2 t - 4 t^3) D_k'}, with
 * {@code D_k(0) = 0}.
 *
 * <p>Polynomials are lists of coefficients, the constant first.
 */
final class DebyePolynomials {

  /** The coefficients alternate and grow: 24 terms cancel about 20 digits. */
  static final MathContext DIGITS = new MathContext(60);

  private DebyePolynomials() {}

  /** D_1 to D_terms; D_k has degree {@code 3 k}. */
  static List<List<BigDecimal>> of(int terms) {
    List<BigInteger[]> scaled = new ArrayList<>(); // 2^(4 k - 1) D_k', which is of whole numbers
    scaled.add(new BigInteger[] {BigInteger.ONE, BigInteger.ZERO, BigInteger.valueOf(-5)});
    while (scaled.size() < terms) {
      scaled.add(next(scaled));
    }
    List<List<BigDecimal>> result = new ArrayList<>();
    for (int k = 1; k <= terms; k++) {
      result.add(integral(scaled.get(k - 1), BigInteger.ONE.shiftLeft(4 * k - 1)));
    }
    return result;
  }

  /** The recurrence, times {@code 2^(4 k + 3)}. */
  private static BigInteger[] next(List<BigInteger[]> scaled) {
    int k = scaled.size();
    BigInteger[] last = scaled.get(k - 1);
    BigInteger[] inner = zeros(3 * k - 1); // of D_k'' and the sum of products
    for (int i = 1; i < k; i++) {
      addProduct(inner, scaled.get(i - 1), scaled.get(k - i - 1));
    }
    for (int j = 0; j < inner.length; j++) {
      inner[j] = inner[j].shiftLeft(4);
    }
    for (int j = 1; j < last.length; j++) {
      inner[j - 1] = inner[j - 1].add(last[j].multiply(BigInteger.valueOf(8L * j)));
    }
    BigInteger[] next = zeros(3 * k + 3);
    for (int j = 0; j < inner.length; j++) {
      next[j + 2] = next[j + 2].add(inner[j]);
      next[j + 4] = next[j + 4].subtract(inner[j]);
    }
    for (int j = 0; j < last.length; j++) {
      next[j + 1] = next[j + 1].add(last[j].shiftLeft(4));
      next[j + 3] = next[j + 3].subtract(last[j].shiftLeft(5));
    }
    return next;
  }

  private static void addProduct(BigInteger[] sum, BigInteger[] a, BigInteger[] b) {
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < b.length; j++) {
        if (a[i].signum() != 0 && b[j].signum() != 0) {
          sum[i + j] = sum[i + j].add(a[i].multiply(b[j]));
        }
      }
    }
  }

  private static List<BigDecimal> integral(BigInteger[] slope, BigInteger scale) {
    List<BigDecimal> result = new ArrayList<>();
    result.add(BigDecimal.ZERO);
    for (int j = 0; j < slope.length; j++) {
      BigInteger divisor = scale.multiply(BigInteger.valueOf(j + 1L));
      result.add(new BigDecimal(slope[j]).divide(new BigDecimal(divisor), DIGITS));
    }
    return List.copyOf(result);
  }

  private static BigInteger[] zeros(int length) {
    BigInteger[] result = new BigInteger[length];
    Arrays.fill(result, BigInteger.ZERO);
    return result;
  }
}
