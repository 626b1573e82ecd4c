package org.dinovmf.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TFloating;

/** The divergence between two distributions. */
class VonMisesFisherDivergenceTest {

  record Pair(int dim, double kappa, double other, BigDecimal divergence) {}

  static Stream<Arguments> dimensions() {
    Map<Integer, List<Pair>> pairs =
        VmfReference.lines("vmf_pairs.csv").stream()
            .map(
                fields ->
                    new Pair(
                        Integer.parseInt(fields[0]),
                        Double.parseDouble(fields[1]),
                        Double.parseDouble(fields[2]),
                        new BigDecimal(fields[3])))
            .collect(Collectors.groupingBy(Pair::dim, TreeMap::new, Collectors.toList()));
    return pairs.entrySet().stream().map(entry -> Arguments.of(entry.getKey(), entry.getValue()));
  }

  @ParameterizedTest(name = "dim {0}")
  @MethodSource("dimensions")
  void matchesTheReference(int dim, List<Pair> pairs) {
    VonMisesFisherMath vmf = VonMisesFisherMath.of(dim);
    double[] found32 = alongAxis(TFloat32.class, dim, pairs);
    double[] found64 = alongAxis(TFloat64.class, dim, pairs);
    for (int i = 0; i < pairs.size(); i++) {
      Pair pair = pairs.get(i);
      VmfValue expected = VmfValue.of(pair.divergence());
      String where = "dim %d, %s and %s".formatted(dim, pair.kappa(), pair.other());
      expected.assertMatches(TFloat32.class, found32[i], maxUlp(pair), where + ", float32");
      expected.assertMatches(TFloat64.class, found64[i], maxUlp(pair), where + ", float64");
      double host = vmf.divergence(pair.kappa(), pair.other(), 0);
      expected.assertMatches(TFloat64.class, host, maxUlp(pair), where + ", Java");
    }
  }

  /** Close pairs keep their digits; the others cancel more at large kappa. */
  private static double maxUlp(Pair pair) {
    double distance = Math.abs(pair.other() - pair.kappa());
    if (distance < 0.3 * Math.max(pair.kappa(), pair.other())) {
      return 32;
    }
    return pair.kappa() < pair.dim() ? 128 : 1024;
  }

  static <T extends TFloating> double[] alongAxis(Class<T> type, int dim, List<Pair> pairs) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<T> kappa = constant(tf, type, pairs.stream().mapToDouble(Pair::kappa).toArray());
      Operand<T> other = constant(tf, type, pairs.stream().mapToDouble(Pair::other).toArray());
      Operand<T> zero = constant(tf, type, new double[pairs.size()]);
      Operand<T> value = VonMisesFisherValues.divergence(tf, kappa, other, zero, dim);
      return VmfGraph.run(tf, graph, List.of(value)).get(0);
    }
  }

  private static <T extends TFloating> Operand<T> constant(Ops tf, Class<T> type, double[] values) {
    return tf.dtypes.cast(tf.constant(values), type);
  }

  /** Slopes and second slopes in both concentrations, next to the mean values in plain Java. */
  @ParameterizedTest
  @ValueSource(ints = {3, 256})
  void gradientsAreThoseOfTheIntegrals(int dim) {
    double[] kappas = {0, 0.5, 5, 5, 5, 300, 300, 300, 1e6};
    double[] others = {2, 0.5, 0, 5.01, 9, 299, 40, 900, 2e6};
    VonMisesFisherMath vmf = VonMisesFisherMath.of(dim);
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat64> kappa = tf.constant(kappas);
      Operand<TFloat64> other = tf.constant(others);
      Operand<TFloat64> ones = VmfGraph.ones(tf, kappas.length, TFloat64.class);
      Operand<TFloat64> zero = tf.constant(new double[kappas.length]);
      Operand<TFloat64> value = VonMisesFisher.divergence(tf, kappa, other, zero, dim);
      Operand<TFloat64> ofKappa = VmfGraph.gradient(graph, value, kappa, ones);
      Operand<TFloat64> ofOther = VmfGraph.gradient(graph, value, other, ones);
      List<double[]> found =
          VmfGraph.run(
              tf,
              graph,
              List.of(
                  ofKappa,
                  ofOther,
                  VmfGraph.gradient(graph, ofKappa, kappa, ones),
                  VmfGraph.gradient(graph, ofKappa, other, ones),
                  VmfGraph.gradient(graph, ofOther, kappa, ones),
                  VmfGraph.gradient(graph, ofOther, other, ones)));
      for (int i = 0; i < kappas.length; i++) {
        double slope = vmf.meanResultantLengthSlope(kappas[i]);
        double otherSlope = vmf.meanResultantLengthSlope(others[i]);
        double step = others[i] - kappas[i];
        double h = 1e-4 * Math.max(kappas[i], 1);
        double curvature = // of A, by a central difference where kappa allows one
            kappas[i] == 0
                ? 0
                : (vmf.meanResultantLengthSlope(kappas[i] + h)
                        - vmf.meanResultantLengthSlope(kappas[i] - h))
                    / (2 * h);
        double[] expected = {
          -slope * step,
          vmf.meanResultantLength(others[i]) - vmf.meanResultantLength(kappas[i]),
          slope - curvature * step,
          -slope,
          -slope,
          otherSlope
        };
        for (int k = 0; k < expected.length; k++) {
          double tolerance = 1e-6 * Math.max(Math.abs(expected[k]), slope * 1e-4);
          assertEquals(
              expected[k],
              found.get(k)[i],
              tolerance,
              "gradient %d at dim %d, %s and %s".formatted(k, dim, kappas[i], others[i]));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {64, 256})
  void gradientsMatchCentralDifferences(int dim) {
    Shape shape = Shape.of(5);
    double[] kappas = {0.7, 6, 40, 300, 5};
    double[] others = {1.9, 6.1, 12, 320, 30};
    try (GradientCheck check =
        new GradientCheck(
            (tf, inputs) ->
                VonMisesFisher.divergence(tf, inputs.get(0), inputs.get(1), inputs.get(2), dim),
            List.of(
                new GradientCheck.Input(shape, i -> kappas[i]),
                new GradientCheck.Input(shape, i -> others[i]),
                new GradientCheck.Input(shape, i -> 0.2 + 0.3 * i)))) {
      check.assertMatchesCentralDifference(1e-8);
      VonMisesFisherMath vmf = VonMisesFisherMath.of(dim);
      double[] found = check.output();
      for (int i = 0; i < kappas.length; i++) {
        double expected = vmf.divergence(kappas[i], others[i], 0.2 + 0.3 * i);
        assertEquals(expected, found[i], 1e-13 * expected, "pair " + i);
      }
    }
  }

  /** Finite with both gradients at the ends of the domain, and 0 of a distribution to itself. */
  @ParameterizedTest
  @ValueSource(ints = {2, 44})
  void isFiniteWithItsGradients(int dim) {
    for (Class<? extends TFloating> type : List.of(TFloat32.class, TFloat64.class)) {
      isFiniteWithItsGradients(type, dim);
    }
  }

  private static <T extends TFloating> void isFiniteWithItsGradients(Class<T> type, int dim) {
    double[] ends = {0, 1e-30, 1e-3, 12.8, 25.5, 1e4, 1e8};
    double[] kappas = new double[ends.length * ends.length];
    Arrays.setAll(kappas, i -> ends[i / ends.length]);
    double[] others = new double[kappas.length];
    Arrays.setAll(others, i -> ends[i % ends.length]);
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<T> kappa = constant(tf, type, kappas);
      Operand<T> other = constant(tf, type, others);
      Operand<T> ones = VmfGraph.ones(tf, kappas.length, type);
      Operand<T> value = VonMisesFisher.divergence(tf, kappa, other, ones, dim);
      Operand<T> ofKappa = VmfGraph.gradient(graph, value, kappa, ones);
      Operand<T> ofOther = VmfGraph.gradient(graph, value, other, ones);
      Operand<T> twice = VmfGraph.gradient(graph, ofKappa, kappa, ones);
      Operand<T> mixed = VmfGraph.gradient(graph, ofKappa, other, ones);
      Operand<T> otherTwice = VmfGraph.gradient(graph, ofOther, other, ones);
      List<Operand<T>> all = List.of(value, ofKappa, ofOther, twice, mixed, otherTwice);
      List<double[]> found = VmfGraph.run(tf, graph, all);
      for (int i = 0; i < kappas.length; i++) {
        String where = "dim %d, %s and %s".formatted(dim, kappas[i], others[i]);
        for (double[] values : found) {
          assertTrue(Double.isFinite(values[i]), where);
        }
        assertTrue(found.get(0)[i] >= 0, where);
      }
    }
  }

  @Test
  void isTheMeanLogRatioInThreeDimensions() {
    VonMisesFisherMath vmf = VonMisesFisherMath.of(3);
    double kappa = 4;
    double other = 7;
    double cosine = 0.3;
    double log = vmf.logNormalizer(kappa);
    double otherLog = vmf.logNormalizer(other);
    double sum = 0; // over the cosine to the first mean direction; the angle around it averages out
    int steps = 200_000;
    for (int i = 0; i < steps; i++) {
      double w = -1 + (i + 0.5) * 2 / steps;
      double density = 2 * Math.PI * Math.exp(log + kappa * w);
      double logRatio = log + kappa * w - otherLog - other * cosine * w;
      sum += density * logRatio * 2 / steps;
    }
    assertEquals(sum, vmf.divergence(kappa, other, 1 - cosine), 1e-8);
  }

  @Test
  void oneMinusCosineKeepsSmallAngles() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      double angle = 1e-6;
      Operand<TFloat64> mu = tf.constant(new double[][] {{1, 0, 0}, {0, 1, 0}});
      Operand<TFloat64> other =
          tf.constant(new double[][] {{Math.cos(angle), Math.sin(angle), 0}, {0, -1, 0}});
      double[] found =
          VmfGraph.run(tf, graph, List.of(VonMisesFisherValues.oneMinusCosine(tf, mu, other)))
              .get(0);
      assertEquals(angle * angle / 2, found[0], 1e-22);
      assertEquals(2, found[1]);
    }
  }
}
