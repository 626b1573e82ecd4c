package org.dinovmf.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TFloating;

class VonMisesFisherTest {

  /** Units in the last place; the measured worst cases are about half of these. */
  private static final double MAX_ULP = 8;

  static Stream<Arguments> dimensions() {
    return VmfReference.byDimension().entrySet().stream()
        .map(entry -> Arguments.of(entry.getKey(), entry.getValue()));
  }

  private static double maxSlopeUlp(int dim) {
    return dim >= 10 ? 10 : 64; // the recurrence to small orders amplifies rounding
  }

  @ParameterizedTest(name = "dim {0}")
  @MethodSource("dimensions")
  void float32MatchesTheReference(int dim, List<VmfReference> rows) {
    matchesTheReference(TFloat32.class, dim, rows);
  }

  @ParameterizedTest(name = "dim {0}")
  @MethodSource("dimensions")
  void float64MatchesTheReference(int dim, List<VmfReference> rows) {
    matchesTheReference(TFloat64.class, dim, rows);
  }

  /** Values and first and second gradients, in kappa and in its square. */
  private static <T extends TFloating> void matchesTheReference(
      Class<T> type, int dim, List<VmfReference> rows) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      double[] kappas = rows.stream().mapToDouble(VmfReference::kappa).toArray();
      Operand<TFloat64> wide = tf.constant(kappas);
      Operand<T> kappa = tf.dtypes.cast(wide, type);
      Operand<T> square = tf.dtypes.cast(tf.math.square(wide), type);
      Operand<T> ones = // a constant: the gradient of a gradient needs one that kappa is not in
          tf.fill(tf.array(kappas.length), tf.dtypes.cast(tf.constant(1.0), type));

      Operand<T> value = VonMisesFisher.relativeLogNormalizer(tf, kappa, dim);
      Operand<T> first = gradient(graph, value, kappa, ones);
      Operand<T> second = gradient(graph, first, kappa, ones);
      Operand<T> ofSquare = VonMisesFisher.relativeLogNormalizerOfSquare(tf, square, dim);
      Operand<T> ofSquareFirst = gradient(graph, ofSquare, square, ones);

      Operand<T> ofSquareSecond = gradient(graph, ofSquareFirst, square, ones);

      List<Operand<T>> fetches =
          List.of(value, first, second, ofSquare, ofSquareFirst, ofSquareSecond);
      List<double[]> found = run(tf, graph, fetches);
      for (int i = 0; i < rows.size(); i++) {
        VmfReference row = rows.get(i);
        String where = "dim %d, kappa %s: ".formatted(dim, row.kappa());
        assertUlp(type, row.difference().negate(), found.get(0)[i], MAX_ULP, where + "value");
        assertUlp(type, row.length().negate(), found.get(1)[i], MAX_ULP, where + "gradient");
        assertUlp(
            type,
            row.slope().negate(),
            found.get(2)[i],
            maxSlopeUlp(dim),
            where + "second gradient");
        assertUlp(
            type, row.difference().negate(), found.get(3)[i], MAX_ULP, where + "value of square");
        BigDecimal half = row.ratio().multiply(new BigDecimal(-0.5));
        assertUlp(type, half, found.get(4)[i], MAX_ULP, where + "gradient of square");
        if (row.kappa() >= 1e-3) { // below, the table's 30 digits cancel
          double expected = ofSquareSecond(row);
          double tolerance = type == TFloat32.class ? 4e-6 : 2e-14;
          assertEquals(
              expected, found.get(5)[i], tolerance * expected, where + "second gradient of square");
        }
      }
    }
  }

  /** {@code (A / kappa - A') / (4 kappa^2)}. */
  private static double ofSquareSecond(VmfReference row) {
    BigDecimal kappa = new BigDecimal(row.kappa());
    return row.ratio()
        .subtract(row.slope())
        .divide(kappa.multiply(kappa).multiply(new BigDecimal(4)), MathContext.DECIMAL128)
        .doubleValue();
  }

  /** Float32 below 1e-30 is made of subnormal numbers, which TensorFlow flushes to 0. */
  private static void assertUlp(
      Class<? extends TFloating> type,
      BigDecimal expected,
      double actual,
      double maxUlp,
      String what) {
    assertTrue(Double.isFinite(actual), what + " is " + actual);
    double ulp =
        type == TFloat32.class
            ? Math.max(Math.ulp(expected.floatValue()), 1e-37 / maxUlp)
            : Math.ulp(expected.doubleValue());
    double error = expected.subtract(new BigDecimal(actual)).abs().doubleValue() / ulp;
    assertTrue(
        error <= maxUlp,
        () -> "%s must be %s, but is %s: %s ulp".formatted(what, expected, actual, error));
  }

  /** F = kappa^2 / (2 dim) - kappa^4 / (4 dim^2 (dim + 2)) + ... */
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 20, 44, 256, 65536})
  void isSmoothAtZero(int dim) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat64> zero = tf.constant(new double[] {0});
      Operand<TFloat64> one = tf.constant(new double[] {1});
      Operand<TFloat64> value = VonMisesFisher.relativeLogNormalizer(tf, zero, dim);
      Operand<TFloat64> first = gradient(graph, value, zero, one);
      Operand<TFloat64> ofSquare = VonMisesFisher.relativeLogNormalizerOfSquare(tf, zero, dim);
      Operand<TFloat64> ofSquareFirst = gradient(graph, ofSquare, zero, one);
      List<double[]> found =
          run(
              tf,
              graph,
              List.of(
                  value,
                  first,
                  gradient(graph, first, zero, one),
                  ofSquare,
                  ofSquareFirst,
                  gradient(graph, ofSquareFirst, zero, one)));
      double n = dim;
      double[] expected = {0, 0, -1 / n, 0, -0.5 / n, 0.5 / (n * n * (n + 2))};
      for (int i = 0; i < expected.length; i++) {
        assertEquals(expected[i], found.get(i)[0], 1e-14 * Math.abs(expected[i]), "output " + i);
      }
    }
  }

  /** Gradient through the length of a vector, as a prototype uses it. */
  @Test
  void vectorOfLengthZeroHasAFiniteGradient() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> w = tf.constant(new float[][] {{0, 0, 0}, {1, 2, 2}});
      Operand<TFloat32> square = tf.reduceSum(tf.math.square(w), tf.constant(-1));
      for (Kernels kernels : List.of(Kernels.plain(), Kernels.training())) {
        Operand<TFloat32> value = kernels.relativeLogNormalizer(tf, square, 3);
        Output<?>[] x = {w.asOutput()};
        Operand<TFloat32> gradient =
            graph.addGradients(value.asOutput(), x)[0].expect(TFloat32.class);
        double slope = (1 / Math.tanh(3) - 1.0 / 3) / 3; // A / kappa in three dimensions
        double[] expected = {0, 0, 0, -slope, -2 * slope, -2 * slope};
        GradientCheck.assertClose(
            expected, run(tf, graph, List.of(gradient)).get(0), 1e-5, kernels.toString());
      }
    }
  }

  /** A step in the slope at a switch of formulas would pin a trained kappa there. */
  @ParameterizedTest
  @ValueSource(ints = {2, 7, 20, 21, 43, 44, 256})
  void hasNoStepAtASwitchOfFormulas(int dim) {
    for (Class<? extends TFloating> type : List.of(TFloat32.class, TFloat64.class)) {
      assertSmooth(type, dim, FloatPrecision.of(type).largeKappa());
      assertSmooth(type, dim, 4 * Math.max(1, dim / 2.0 - 1)); // 4 order
    }
  }

  private static <T extends TFloating> void assertSmooth(Class<T> type, int dim, double kappa) {
    int points = 41;
    double step = kappa * (type == TFloat32.class ? 0x1p-22 : 0x1p-51);
    double[] kappas = new double[points];
    for (int i = 0; i < points; i++) {
      kappas[i] = kappa + (i - points / 2) * step;
    }
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<T> x = tf.dtypes.cast(tf.constant(kappas), type);
      List<double[]> found =
          run(
              tf,
              graph,
              List.of(
                  VonMisesFisherValues.relativeLogNormalizer(tf, x, dim),
                  VonMisesFisherValues.meanResultantLength(tf, x, dim),
                  VonMisesFisherValues.meanResultantLengthSlope(tf, x, dim)));
      double epsilon = type == TFloat32.class ? 0x1p-24 : 0x1p-53;
      double[] bounds = {2 * MAX_ULP, 2 * MAX_ULP, 2 * maxSlopeUlp(dim)};
      for (int k = 0; k < found.size(); k++) {
        double[] values = found.get(k);
        for (int i = 1; i < points; i++) {
          double change = Math.abs(values[i] - values[i - 1]) / Math.abs(values[i]);
          double bound = (bounds[k] * 2 + 8) * epsilon; // both errors, and the step itself
          assertTrue(
              change <= bound,
              "%s, dim %d, kappa %s: term %d changes by %s"
                  .formatted(type.getSimpleName(), dim, kappas[i], k, change));
        }
      }
    }
  }

  /** Gauss' continued fraction of the Bessel ratio, from the back. */
  private static double continuedFraction(int dim, double kappa) {
    double ratio = 0; // A / kappa
    for (int n = (int) (2 * kappa) + 60; n > 0; n--) {
      ratio = 1 / (dim + 2 * (n - 1) + kappa * kappa * ratio);
    }
    return kappa * ratio;
  }

  /** Dimensions that the table lacks: half orders and both sides of each number of terms. */
  @ParameterizedTest
  @ValueSource(ints = {9, 19, 20, 21, 22, 43, 44, 45, 51, 74, 158, 1223, 1224})
  void meanResultantLengthMatchesContinuedFraction(int dim) {
    double[] kappas = {0.3, 2, 7, 12.7, 12.9, 20, 25.4, 25.6, 40, 90, 170, 300};
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat64> wide = tf.constant(kappas);
      Operand<TFloat32> narrow = tf.dtypes.cast(wide, TFloat32.class);
      double[] found64 =
          run(tf, graph, List.of(VonMisesFisherValues.meanResultantLength(tf, wide, dim))).get(0);
      double[] found32 =
          run(tf, graph, List.of(VonMisesFisherValues.meanResultantLength(tf, narrow, dim))).get(0);
      for (int i = 0; i < kappas.length; i++) {
        double expected = continuedFraction(dim, kappas[i]);
        String where = "dim %d, kappa %s".formatted(dim, kappas[i]);
        assertEquals(expected, found64[i], 1e-14 * expected, where);
        double narrowed = continuedFraction(dim, (float) kappas[i]);
        assertEquals(narrowed, found32[i], 5e-7 * narrowed, where);
      }
    }
  }

  @Test
  void ratioTimesKappaIsTheMeanResultantLength() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat64> kappa = tf.constant(new double[] {0.5, 5, 50, 500});
      Operand<TFloat64> square = tf.math.square(kappa);
      for (int dim : new int[] {3, 256}) {
        Operand<TFloat64> ratio = VonMisesFisher.meanResultantLengthOverKappa(tf, square, dim);
        double[] product = run(tf, graph, List.of(tf.math.mul(kappa, ratio))).get(0);
        Operand<TFloat64> length = VonMisesFisherValues.meanResultantLength(tf, kappa, dim);
        GradientCheck.assertClose(
            run(tf, graph, List.of(length)).get(0), product, 1e-15, "dim " + dim);
        Operand<TFloat64> plain =
            VonMisesFisherValues.meanResultantLengthOverKappa(tf, square, dim);
        GradientCheck.assertClose(
            run(tf, graph, List.of(ratio)).get(0),
            run(tf, graph, List.of(plain)).get(0),
            0,
            "dim " + dim);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 256})
  void staysFiniteForHugeKappa(int dim) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> kappa =
          tf.constant(new float[] {0x1p56f, 0x1p100f, Float.POSITIVE_INFINITY});
      Operand<TFloat32> value = VonMisesFisher.relativeLogNormalizer(tf, kappa, dim);
      Operand<TFloat32> square = VonMisesFisher.relativeLogNormalizerOfSquare(tf, kappa, dim);
      Operand<TFloat32> length = VonMisesFisher.meanResultantLength(tf, kappa, dim);
      for (double[] values : run(tf, graph, List.of(value, square))) {
        for (double v : values) {
          assertTrue(Double.isFinite(v) && v < 0, "value " + v);
        }
      }
      assertEquals(1, run(tf, graph, List.of(length)).get(0)[0]);
    }
  }

  @Test
  void plainGraphsHaveNoCarrier() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Kernels.plain().relativeLogNormalizer(tf, tf.constant(new float[] {1}), 256);
      graph.operations().forEachRemaining(op -> assertNotEquals("IdentityN", op.type()));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 0, -256})
  void rejectsADimensionBelowTwo(int dim) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      var e =
          assertThrows(
              IllegalArgumentException.class,
              () -> VonMisesFisher.relativeLogNormalizer(tf, tf.constant(1f), dim));
      assertEquals("dim must be at least 2, but is " + dim, e.getMessage());
    }
  }

  @Test
  void rejectsHalfPrecision() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TBfloat16> kappa = tf.dtypes.cast(tf.constant(1f), TBfloat16.class);
      var e =
          assertThrows(
              IllegalArgumentException.class,
              () -> VonMisesFisher.relativeLogNormalizer(tf, kappa, 256));
      assertEquals(
          "the von Mises-Fisher normalizer must be computed in TFloat32 or TFloat64, but is in"
              + " TBfloat16",
          e.getMessage());
    }
  }

  private static <T extends TFloating> Operand<T> gradient(
      Graph graph, Operand<T> y, Operand<T> x, Operand<T> dx) {
    Output<?>[] ys = {y.asOutput()};
    Output<?>[] xs = {x.asOutput()};
    Output<?>[] incoming = {dx.asOutput()};
    return graph.addGradients(null, ys, xs, incoming)[0].expect(x.type());
  }

  private static <T extends TFloating> List<double[]> run(
      Ops tf, Graph graph, List<Operand<T>> fetches) {
    List<double[]> values = new ArrayList<>();
    try (Session session = new Session(graph)) {
      Session.Runner runner = session.runner();
      fetches.forEach(fetch -> runner.fetch(tf.dtypes.cast(fetch, TFloat64.class)));
      try (Result result = runner.run()) {
        for (int i = 0; i < fetches.size(); i++) {
          values.add(GradientCheck.values((TFloat64) result.get(i)));
        }
      }
    }
    return values;
  }
}
