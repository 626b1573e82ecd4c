package org.dinovmf.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigDecimal;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class VonMisesFisherMathTest {

  static Stream<Arguments> dimensions() {
    return VmfReference.byDimension().entrySet().stream()
        .map(entry -> Arguments.of(entry.getKey(), entry.getValue()));
  }

  @ParameterizedTest(name = "dim {0}")
  @MethodSource("dimensions")
  void matchesTheReference(int dim, List<VmfReference> rows) {
    VonMisesFisherMath vmf = VonMisesFisherMath.of(dim);
    for (VmfReference row : rows) {
      double kappa = row.kappa();
      String where = "dim %d, kappa %s".formatted(dim, kappa);
      assertUlp(row.difference().negate(), vmf.relativeLogNormalizer(kappa), 8, where);
      assertUlp(row.length(), vmf.meanResultantLength(kappa), 8, where);
      assertUlp(row.slope(), vmf.meanResultantLengthSlope(kappa), dim >= 10 ? 10 : 64, where);
      double size =
          Math.abs(row.difference().doubleValue())
              + Math.abs(VonMisesFisher.logNormalizerAtZero(dim));
      assertEquals(
          row.logNormalizer().doubleValue(), vmf.logNormalizer(kappa), 4e-15 * size, where);
    }
  }

  private static void assertUlp(BigDecimal expected, double actual, double ulps, String where) {
    assertEquals(expected.doubleValue(), actual, ulps * Math.ulp(expected.doubleValue()), where);
  }

  /** The area of the sphere around dim dimensions: 2 pi, 4 pi, 2 pi^2, 8 pi^2 / 3. */
  @ParameterizedTest
  @CsvSource({
    "2, 6.283185307179586",
    "3, 12.566370614359172",
    "4, 19.739208802178716",
    "5, 26.318945069571623"
  })
  void normalizerAtZeroIsOneOverTheArea(int dim, double area) {
    assertEquals(-Math.log(area), VonMisesFisher.logNormalizerAtZero(dim), 2e-15);
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
