package org.dinovmf.ops.mixture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.dinovmf.ops.VonMisesFisherMath;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MixtureFitterTest {

  private static final FitConfig CONFIG = new FitConfig(2, 30, 1e-6, 1, 5);

  /** Component k around axis k, with a share and a concentration that differ from the others'. */
  private static Mixture planted(int dim, double kappa) {
    double[] weights = {0.5, 0.3, 0.2};
    List<Component> components = new ArrayList<>();
    for (int k = 0; k < weights.length; k++) {
      double[] mu = new double[dim];
      mu[k] = 1;
      components.add(new Component(weights[k], mu, kappa * (1 << k)));
    }
    return new Mixture(components);
  }

  private static double[][] draw(Mixture mixture, int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<double[]> points = new ArrayList<>();
    for (Component component : mixture.components()) {
      VonMisesFisherSampler sampler =
          new VonMisesFisherSampler(component.meanDirection(), component.kappa());
      for (int i = 0; i < Math.round(component.weight() * count); i++) {
        points.add(sampler.sample(random));
      }
    }
    return points.toArray(double[][]::new);
  }

  @ParameterizedTest
  @CsvSource({"3, 25", "16, 25", "64, 90", "256, 300"})
  void recoversAPlantedMixture(int dim, double kappa) {
    Mixture truth = planted(dim, kappa);
    int count = 1500;
    MixtureFit fit = new MixtureFitter(draw(truth, count, 7), CONFIG).choose(4);
    List<Component> found = new ArrayList<>(fit.mixture().components());
    assertEquals(truth.components().size(), found.size(), "number of components");
    found.sort(Comparator.comparingDouble(component -> -component.weight()));
    VonMisesFisherMath vmf = VonMisesFisherMath.of(dim);
    for (int k = 0; k < found.size(); k++) {
      Component expected = truth.components().get(k);
      double n = expected.weight() * count;
      assertEquals(expected.weight(), found.get(k).weight(), 0.01, "weight of " + k);
      double slope = vmf.meanResultantLengthSlope(expected.kappa());
      double tolerance = Math.max(0.02, 3 / (expected.kappa() * Math.sqrt(n * slope)));
      assertEquals(1, found.get(k).kappa() / expected.kappa(), tolerance, "concentration of " + k);
      // 1 - cos to the true direction is a sum of dim - 1 squares with this mean
      double mean =
          (dim - 1) / (2 * n * expected.kappa() * vmf.meanResultantLength(expected.kappa()));
      double angle =
          UnitVectors.oneMinusCosine(found.get(k).meanDirection(), expected.meanDirection());
      assertTrue(angle < mean * (1 + 4 * Math.sqrt(2.0 / (dim - 1))), "direction of " + k);
    }
  }

  /** Without a pseudo-count one fit of one component is the estimate of section 4 of the paper. */
  @Test
  void oneComponentIsTheMaximumLikelihoodEstimate() {
    double[][] points = draw(planted(8, 6), 300, 2);
    Component found =
        new MixtureFitter(points, new FitConfig(1, 20, 0, 0, 1))
            .fit(1)
            .mixture()
            .components()
            .get(0);
    double[] sum = new double[8];
    for (double[] point : points) {
      for (int j = 0; j < 8; j++) {
        sum[j] += point[j] / points.length;
      }
    }
    double length = Math.sqrt(UnitVectors.dot(sum, sum));
    assertEquals(1, found.weight(), 1e-12);
    assertEquals(length, VonMisesFisherMath.of(8).meanResultantLength(found.kappa()), 1e-13);
    assertEquals(
        0, UnitVectors.oneMinusCosine(found.meanDirection(), UnitVectors.normalized(sum)), 1e-15);
  }

  /** The likelihood at the fit is that of the mixture, and no iteration lowers it. */
  @Test
  void moreIterationsDoNotLowerTheLikelihood() {
    double[][] points = draw(planted(4, 3), 200, 3);
    double last = Double.NEGATIVE_INFINITY;
    for (int iterations = 1; iterations < 12; iterations++) {
      MixtureFit fit = new MixtureFitter(points, new FitConfig(1, iterations, 0, 0, 9)).fit(3);
      double sum = Arrays.stream(fit.mixture().logDensities(points)).sum();
      assertEquals(sum, fit.logLikelihood(), 1e-9 * Math.abs(sum));
      assertTrue(fit.logLikelihood() >= last - 1e-9, "after " + iterations);
      last = fit.logLikelihood();
    }
  }

  /** A component on equal points has no bound without a pseudo-count, but stays finite. */
  @Test
  void equalPointsStayFinite() {
    double[][] points = new double[40][];
    for (int i = 0; i < points.length; i++) {
      points[i] = new double[] {i < 20 ? 1 : -1, 0, 0};
    }
    for (double pseudoCount : new double[] {0, 1}) {
      MixtureFit fit = new MixtureFitter(points, new FitConfig(2, 50, 1e-9, pseudoCount, 1)).fit(2);
      assertTrue(Double.isFinite(fit.logLikelihood()));
      for (Component component : fit.mixture().components()) {
        assertTrue(Double.isFinite(component.kappa()));
      }
    }
  }

  /** Density and posterior by the closed form C = kappa / (4 pi sinh kappa). */
  @Test
  void densityMatchesTheClosedFormInThreeDimensions() {
    Mixture mixture = planted(3, 2);
    double[] x = UnitVectors.normalized(new double[] {0.3, -0.5, 0.7});
    double sum = 0;
    double[] shares = new double[3];
    for (int k = 0; k < 3; k++) {
      double kappa = 2 * (1 << k);
      double normalizer = kappa / (4 * Math.PI * Math.sinh(kappa));
      shares[k] = mixture.components().get(k).weight() * normalizer * Math.exp(kappa * x[k]);
      sum += shares[k];
    }
    assertEquals(Math.log(sum), mixture.logDensities(new double[][] {x})[0], 1e-14);
    double[] posterior = mixture.posteriors(new double[][] {x})[0];
    for (int k = 0; k < 3; k++) {
      assertEquals(shares[k] / sum, posterior[k], 1e-15);
    }
  }

  @Test
  void countsParametersAndPoints() {
    Mixture mixture = planted(16, 5);
    assertEquals(3 * 15 + 3 + 2, mixture.numParameters());
    assertEquals(-2 * -100.0 + 50 * Math.log(40), new MixtureFit(mixture, -100, 40).bic(), 1e-12);
  }

  @Test
  void rejectsWhatCannotBeFitted() {
    double[][] points = {{1, 0}, {0, 1}};
    MixtureFitter fitter = new MixtureFitter(points, CONFIG);
    var e = assertThrows(IllegalArgumentException.class, () -> fitter.fit(3));
    assertEquals(
        "numComponents must be from 1 to the number of points 2, but is 3", e.getMessage());
    var length =
        assertThrows(
            IllegalArgumentException.class,
            () -> new MixtureFitter(new double[][] {{1, 0}, {2, 0}}, CONFIG));
    assertEquals("point 1 must have length 1, but has length 2.0", length.getMessage());
    var dim =
        assertThrows(
            IllegalArgumentException.class,
            () -> new MixtureFitter(new double[][] {{1, 0}, {1, 0, 0}}, CONFIG));
    assertEquals("all points must have 2 values, but point 1 has 3", dim.getMessage());
  }
}
