package org.dinovmf.ops.mixture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.dinovmf.ops.VonMisesFisherMath;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VonMisesFisherSamplerTest {

  private static final long SEED = 11;

  private static double[] direction(int dim) {
    double[] x = new double[dim];
    Arrays.setAll(x, i -> Math.sin(1 + 3 * i));
    return UnitVectors.normalized(x);
  }

  /** Mean and variance of 1 - cos, in units of their standard errors. */
  @ParameterizedTest
  @CsvSource({
    "2, 0",
    "2, 3",
    "2, 1e8",
    "3, 0.1",
    "3, 50",
    "8, 5",
    "8, 1e6",
    "64, 0",
    "64, 40",
    "64, 1e5",
    "256, 100",
    "256, 1e8",
    "1024, 700"
  })
  void momentsAreThoseOfTheDistribution(int dim, double kappa) {
    double[] mu = direction(dim);
    VonMisesFisherSampler sampler = new VonMisesFisherSampler(mu, kappa);
    SplittableRandom random = new SplittableRandom(SEED);
    VonMisesFisherMath vmf = VonMisesFisherMath.of(dim);
    double mean = vmf.meanResultantLengthComplement(kappa);
    double variance = vmf.meanResultantLengthSlope(kappa);
    int count = 4_000_000 / Math.max(dim, 200);
    double sum = 0;
    double square = 0;
    double fourth = 0;
    for (int i = 0; i < count; i++) {
      double[] x = sampler.sample(random);
      double deviation = UnitVectors.oneMinusCosine(x, mu) - mean;
      sum += deviation;
      square += deviation * deviation;
      fourth += Math.pow(deviation, 4);
      assertEquals(1, UnitVectors.dot(x, x), 1e-12);
    }
    assertEquals(0, sum / count / Math.sqrt(variance / count), 4, "mean of 1 - cos");
    double error = Math.sqrt((fourth / count - variance * variance) / count);
    assertEquals(0, (square / count - variance) / error, 4, "variance");
  }

  /** In three dimensions the cosine has a closed distribution; Kolmogorov and Smirnov. */
  @ParameterizedTest
  @ValueSource(doubles = {0.01, 2, 80})
  void cosineHasTheClosedDistributionInThreeDimensions(double kappa) {
    double[] mu = direction(3);
    VonMisesFisherSampler sampler = new VonMisesFisherSampler(mu, kappa);
    SplittableRandom random = new SplittableRandom(SEED);
    double[] uniform = new double[20_000];
    for (int i = 0; i < uniform.length; i++) {
      double oneMinusCosine = UnitVectors.oneMinusCosine(sampler.sample(random), mu);
      double low = Math.expm1(-2 * kappa);
      uniform[i] = (Math.expm1(-kappa * oneMinusCosine) - low) / -low;
    }
    Arrays.sort(uniform);
    double largest = 0;
    for (int i = 0; i < uniform.length; i++) {
      largest = Math.max(largest, Math.abs(uniform[i] - (i + 0.5) / uniform.length));
    }
    assertTrue(largest < 1.95 / Math.sqrt(uniform.length), "distance " + largest); // 0.1 %
  }

  /** Around the mean no direction is preferred, the first axis as a mean included. */
  @Test
  void isEvenAroundTheMean() {
    int dim = 5;
    double[] mu = {1, 0, 0, 0, 0};
    VonMisesFisherSampler sampler = new VonMisesFisherSampler(mu, 7);
    SplittableRandom random = new SplittableRandom(SEED);
    int count = 20_000;
    double[] sum = new double[dim];
    double[] square = new double[dim];
    for (int i = 0; i < count; i++) {
      double[] x = sampler.sample(random);
      for (int j = 0; j < dim; j++) {
        sum[j] += x[j] / count;
        square[j] += x[j] * x[j] / count;
      }
    }
    double sideVariance = (1 - square[0]) / (dim - 1);
    for (int j = 1; j < dim; j++) {
      assertEquals(0, sum[j], 4 * Math.sqrt(sideVariance / count), "mean along axis " + j);
      assertEquals(sideVariance, square[j], 0.06 * sideVariance, "square along axis " + j);
    }
  }

  @Test
  void sameSeedGivesTheSamePoints() {
    VonMisesFisherSampler sampler = new VonMisesFisherSampler(direction(6), 4);
    assertArrayEquals(
        sampler.sample(new SplittableRandom(3)), sampler.sample(new SplittableRandom(3)));
  }

  @Test
  void rejectsWhatIsNoDistribution() {
    var e =
        assertThrows(
            IllegalArgumentException.class,
            () -> new VonMisesFisherSampler(new double[] {1, 1}, 1));
    assertEquals(
        "meanDirection must have length 1, but has length 1.4142135623730951", e.getMessage());
    assertThrows(
        IllegalArgumentException.class, () -> new VonMisesFisherSampler(new double[] {1}, 1));
    var negative =
        assertThrows(
            IllegalArgumentException.class, () -> new VonMisesFisherSampler(direction(3), -1));
    assertEquals("kappa must be finite and at least 0, but is -1.0", negative.getMessage());
  }
}
