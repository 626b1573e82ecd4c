package org.dinovmf.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VonMisesFisherMathTest {

  /** The area of the sphere around dim dimensions: 2 pi, 4 pi, 2 pi^2, 8 pi^2 / 3. */
  @ParameterizedTest
  @CsvSource({
    "2, 6.283185307179586",
    "3, 12.566370614359172",
    "4, 19.739208802178716",
    "5, 26.318945069571623"
  })
  void normalizerAtZeroIsOneOverTheArea(int dim, double area) {
    assertEquals(-Math.log(area), VonMisesFisher.logNormalizerAtZero(dim), 1e-15);
  }

  /** In three dimensions C = kappa / (4 pi sinh kappa) and A = coth kappa - 1 / kappa. */
  @ParameterizedTest
  @ValueSource(doubles = {0.5, 3, 20, 25.4, 25.6, 300})
  void matchesTheClosedFormInThreeDimensions(double kappa) {
    VonMisesFisherMath vmf = VonMisesFisherMath.of(3);
    double logSinh = kappa + Math.log1p(-Math.exp(-2 * kappa)) - Math.log(2);
    assertEquals(
        Math.log(kappa) - Math.log(4 * Math.PI) - logSinh,
        vmf.logNormalizer(kappa),
        1e-15 * (kappa + 5));
    assertEquals(1 / Math.tanh(kappa) - 1 / kappa, vmf.meanResultantLength(kappa), 2e-15);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 256})
  void lengthRisesFromZeroToOne(int dim) {
    VonMisesFisherMath vmf = VonMisesFisherMath.of(dim);
    double last = vmf.meanResultantLength(0);
    assertEquals(0, last);
    assertEquals(0.0, vmf.relativeLogNormalizer(0));
    for (double kappa = 1e-3; kappa < 1e7; kappa *= 1.25) {
      double length = vmf.meanResultantLength(kappa);
      assertEquals(1, Math.signum(length - last), "kappa " + kappa);
      last = length;
    }
    assertEquals(1, last, 1e-4);
  }

  /** Amos 1974: two bounds from above and one from below, with the order dim / 2 - 1. */
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 11, 20, 45, 64, 257, 4096, 65536})
  void lengthIsWithinTheBoundsOfAmos(int dim) {
    VonMisesFisherMath vmf = VonMisesFisherMath.of(dim);
    double order = dim / 2.0 - 1;
    double rounding = 1e-15;
    for (double kappa = 1e-3; kappa < 1e8; kappa *= 1.5) {
      double length = vmf.meanResultantLength(kappa);
      double low = kappa / (order + 0.5 + Math.hypot(kappa, order + 1.5));
      double high = kappa / (order + 0.5 + Math.hypot(kappa, order + 0.5));
      double other = kappa / (order + Math.hypot(kappa, order + 2));
      assertTrue(length >= low * (1 - rounding), "kappa " + kappa);
      assertTrue(length <= Math.min(high, other) * (1 + rounding), "kappa " + kappa);
    }
  }

  /** The recurrence of the Bessel functions joins dimensions of different expansions. */
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 19, 42, 43, 44, 141, 256, 1222})
  void lengthsTwoDimensionsApartFitTogether(int dim) {
    VonMisesFisherMath vmf = VonMisesFisherMath.of(dim);
    VonMisesFisherMath next = VonMisesFisherMath.of(dim + 2);
    for (double kappa = 1e-3; kappa < 1e8; kappa *= 1.5) {
      double sum = dim / kappa + next.meanResultantLength(kappa);
      assertEquals(1, vmf.meanResultantLength(kappa) * sum, 4e-15, "kappa " + kappa);
    }
  }

  /** The derivative of a term is another term, by a five-point difference. */
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 20, 44, 256})
  void slopesAreDerivatives(int dim) {
    VonMisesFisherMath vmf = VonMisesFisherMath.of(dim);
    for (double kappa : new double[] {0.7, 5, 25.4, 25.5, 60, 900}) {
      double length = vmf.meanResultantLength(kappa);
      double slope = vmf.meanResultantLengthSlope(kappa);
      assertEquals(-length, derivative(vmf::logNormalizer, kappa), 1e-9, "log C");
      assertEquals(slope, derivative(vmf::meanResultantLength, kappa), 1e-9, "A");
      assertEquals(-slope, derivative(vmf::meanResultantLengthComplement, kappa), 1e-9, "1 - A");
      assertEquals(-kappa * slope, derivative(vmf::entropy, kappa), 1e-8, "entropy");
      assertEquals(kappa * slope, derivative(vmf::divergenceFromUniform, kappa), 1e-8, "KL");
    }
  }

  private static double derivative(DoubleUnaryOperator f, double x) {
    double h = 1e-3 * x;
    double near = f.applyAsDouble(x + h) - f.applyAsDouble(x - h);
    double far = f.applyAsDouble(x + 2 * h) - f.applyAsDouble(x - 2 * h);
    return (8 * near - far) / (12 * h);
  }

  /** The degrees decide the cost; they were found by trial to leave the accuracy as it is. */
  @ParameterizedTest
  @CsvSource({
    "64, 6, 7, 9, 17, 19, 22",
    "128, 4, 5, 7, 14, 15, 18",
    "256, 4, 5, 7, 12, 13, 15",
    "1024, 2, 3, 5, 9, 10, 12",
    "65536, 0, 0, 0, 5, 6, 8"
  })
  void polynomialsAreShort(int dim, int v32, int r32, int s32, int v64, int r64, int s64) {
    assertEquals(List.of(v32, r32, s32), degrees(dim, FloatPrecision.FLOAT32));
    assertEquals(List.of(v64, r64, s64), degrees(dim, FloatPrecision.FLOAT64));
  }

  private static List<Integer> degrees(int dim, FloatPrecision precision) {
    return new UniformExpansion(dim / 2.0 - 1, 0, precision).degrees().subList(0, 3);
  }

  @ParameterizedTest
  @CsvSource({"2, 4, 4, 6, 8, 9, 12", "8, 4, 5, 7, 9, 10, 13"})
  void polynomialsAtLargeKappaAreShort(
      int dim, int v32, int r32, int s32, int v64, int r64, int s64) {
    double order = dim / 2.0 - 1;
    assertEquals(
        List.of(v32, r32, s32), new LargeKappaExpansion(order, FloatPrecision.FLOAT32).degrees());
    assertEquals(
        List.of(v64, r64, s64), new LargeKappaExpansion(order, FloatPrecision.FLOAT64).degrees());
  }

  @Test
  void firstPolynomialsAreThePublishedOnes() {
    List<List<BigDecimal>> d = DebyePolynomials.of(3);
    double[] third = {0, 0, 0, 25 / 384.0, 0, -531 / 640.0, 0, 221 / 128.0, 0, -1105 / 1152.0};
    for (int j = 0; j < third.length; j++) {
      assertEquals(third[j], d.get(2).get(j).doubleValue(), 1e-16, "power " + j);
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1, Double.NaN})
  void rejectsANegativeKappa(double kappa) {
    var e =
        assertThrows(
            IllegalArgumentException.class, () -> VonMisesFisherMath.of(3).logNormalizer(kappa));
    assertEquals("kappa must be at least 0, but is " + kappa, e.getMessage());
  }
}
