package org.dinovmf.ops.mixture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import org.dinovmf.ops.VmfReference;
import org.dinovmf.ops.VonMisesFisherMath;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConcentrationEstimateTest {

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 5, 8, 17, 43, 64, 256, 1024, 65536})
  void findsKappaFromItsLength(int dim) {
    VonMisesFisherMath vmf = VonMisesFisherMath.of(dim);
    List<VmfReference> rows = VmfReference.byDimension().get(dim);
    for (VmfReference row : rows) {
      if (row.kappa() >= 1e-3 && row.kappa() <= 3e7) {
        double found =
            ConcentrationEstimate.of(
                vmf, row.length().doubleValue(), row.complement().doubleValue());
        assertEquals(row.kappa(), found, 2e-14 * row.kappa(), "kappa " + row.kappa());
      }
    }
  }

  @Test
  void isZeroForPointsThatCancel() {
    assertEquals(0, ConcentrationEstimate.of(VonMisesFisherMath.of(5), 0, 1));
    assertEquals(0, ConcentrationEstimate.unbiased(VonMisesFisherMath.of(5), 0.1, 0.9, 20));
  }

  /** 20 points in 64 dimensions: the plain estimate is far too large. */
  @Test
  void unbiasedEstimateIsCloserOnAverage() {
    int dim = 64;
    double kappa = 40;
    int count = 20;
    VonMisesFisherMath vmf = VonMisesFisherMath.of(dim);
    double[] mu = new double[dim];
    mu[3] = 1;
    VonMisesFisherSampler sampler = new VonMisesFisherSampler(mu, kappa);
    SplittableRandom random = new SplittableRandom(1);
    double plain = 0;
    double unbiased = 0;
    int trials = 200;
    for (int trial = 0; trial < trials; trial++) {
      double[] sum = new double[dim];
      for (int i = 0; i < count; i++) {
        double[] x = sampler.sample(random);
        for (int j = 0; j < dim; j++) {
          sum[j] += x[j] / count;
        }
      }
      double length = Math.sqrt(UnitVectors.dot(sum, sum));
      plain += ConcentrationEstimate.of(vmf, length, 1 - length) / trials;
      unbiased += ConcentrationEstimate.unbiased(vmf, length, 1 - length, count) / trials;
    }
    assertTrue(plain > 1.03 * kappa, "plain " + plain);
    // one estimate varies by 1 / sqrt(n A') = 1.9, the mean of 200 by 0.14
    assertEquals(kappa, unbiased, 0.5);
  }

  @Test
  void rejectsALengthWithoutItsComplement() {
    VonMisesFisherMath vmf = VonMisesFisherMath.of(3);
    var e =
        assertThrows(IllegalArgumentException.class, () -> ConcentrationEstimate.of(vmf, 0.5, 0.4));
    assertEquals(
        "length and complement must be at least 0 and above 0, and add up to 1, but are 0.5 and 0.4",
        e.getMessage());
    assertThrows(IllegalArgumentException.class, () -> ConcentrationEstimate.of(vmf, 1, 0));
    assertThrows(
        IllegalArgumentException.class, () -> ConcentrationEstimate.unbiased(vmf, 0.5, 0.5, 1));
  }
}
