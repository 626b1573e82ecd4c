package org.dinovmf.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TFloating;

class VonMisesFisherTest {

  /** Units in the last place; the measured worst cases are about half of these. */
  private static final double MAX_ULP = 8;

  @ParameterizedTest
  @ValueSource(ints = {2, 17, 43, 64, 256, 1224})
  void functionsOfTheSquareMatchTheReference(int dim) {
    List<VmfReference> rows = VmfReference.byDimension().get(dim);
    matchesTheReference(TFloat32.class, dim, rows);
    matchesTheReference(TFloat64.class, dim, rows);
  }

  /** The functions of the square of kappa, with first and second gradients. */
  private static <T extends TFloating> void matchesTheReference(
      Class<T> type, int dim, List<VmfReference> rows) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      double[] kappas = rows.stream().mapToDouble(VmfReference::kappa).toArray();
      Operand<T> square = tf.dtypes.cast(tf.math.square(tf.constant(kappas)), type);
      Operand<T> ones = VmfGraph.ones(tf, kappas.length, type);
      Operand<T> value = VonMisesFisher.relativeLogNormalizerOfSquare(tf, square, dim);
      Operand<T> first = VmfGraph.gradient(graph, value, square, ones);
      Operand<T> second = VmfGraph.gradient(graph, first, square, ones);
      Operand<T> ratio = VonMisesFisher.meanResultantLengthOverKappa(tf, square, dim);
      Operand<T> ratioFirst = VmfGraph.gradient(graph, ratio, square, ones);
      Operand<T> ratioSecond = VmfGraph.gradient(graph, ratioFirst, square, ones);
      List<double[]> found =
          VmfGraph.run(tf, graph, List.of(value, first, second, ratio, ratioFirst, ratioSecond));
      for (int i = 0; i < rows.size(); i++) {
        VmfReference row = rows.get(i);
        String where = "dim %d, kappa %s: ".formatted(dim, row.kappa());
        VmfValue.of(row.difference().negate())
            .assertMatches(type, found.get(0)[i], MAX_ULP, where + "value");
        VmfValue.of(row.ratio().multiply(new BigDecimal(-0.5)))
            .assertMatches(type, found.get(1)[i], MAX_ULP, where + "gradient");
        VmfValue.of(row.ratio()).assertMatches(type, found.get(3)[i], MAX_ULP, where + "ratio");
        if (row.kappa() >= 0.01 * dim) { // below, the digits of the table cancel
          double expected = secondOfSquare(row);
          double tolerance = (type == TFloat32.class ? 4e-6 : 2e-14) * expected;
          assertEquals(expected, found.get(2)[i], tolerance, where + "second gradient");
          assertEquals(-2 * expected, found.get(4)[i], 2 * tolerance, where + "gradient of ratio");
        }
        assertTrue(Double.isFinite(found.get(2)[i] + found.get(5)[i]), where + "second gradients");
      }
    }
  }

  /** {@code (A / kappa - A') / (4 kappa^2)}. */
  private static double secondOfSquare(VmfReference row) {
    BigDecimal kappa = new BigDecimal(row.kappa());
    return row.ratio()
        .subtract(row.slope())
        .divide(kappa.multiply(kappa).multiply(new BigDecimal(4)), MathContext.DECIMAL128)
        .doubleValue();
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
      Operand<TFloat64> first = VmfGraph.gradient(graph, value, zero, one);
      Operand<TFloat64> ofSquare = VonMisesFisher.relativeLogNormalizerOfSquare(tf, zero, dim);
      Operand<TFloat64> ofSquareFirst = VmfGraph.gradient(graph, ofSquare, zero, one);
      List<double[]> found =
          VmfGraph.run(
              tf,
              graph,
              List.of(
                  value,
                  first,
                  VmfGraph.gradient(graph, first, zero, one),
                  ofSquare,
                  ofSquareFirst,
                  VmfGraph.gradient(graph, ofSquareFirst, zero, one)));
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
            expected, VmfGraph.run(tf, graph, List.of(gradient)).get(0), 1e-5, kernels.toString());
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
    // VmfGraph casts to the type; the steps are of its precision.
    List<double[]> found = VmfGraph.terms(type, dim, kappas);
    double epsilon = type == TFloat32.class ? 0x1p-24 : 0x1p-53;
    double[] bounds = { // of the difference, A, 1 - A, A', the divergence and A''
      MAX_ULP,
      MAX_ULP,
      VmfQuantity.COMPLEMENT.maxUlp(dim),
      VmfQuantity.SLOPE.maxUlp(dim),
      VmfQuantity.DIVERGENCE.maxUlp(dim),
      VmfQuantity.SLOPE.maxSlopeUlp(dim)
    };
    for (int k = 0; k < found.size(); k++) {
      double[] values = found.get(k);
      for (int i = 1; i < points; i++) {
        double change = Math.abs(values[i] - values[i - 1]) / Math.abs(values[i]);
        double bound = (bounds[k] * 4 + 12) * epsilon; // both errors, and the step itself
        assertTrue(
            change <= bound,
            "%s, dim %d, kappa %s: term %d changes by %s"
                .formatted(type.getSimpleName(), dim, kappas[i], k, change));
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
          VmfGraph.run(tf, graph, List.of(VonMisesFisherValues.meanResultantLength(tf, wide, dim)))
              .get(0);
      double[] found32 =
          VmfGraph.run(
                  tf, graph, List.of(VonMisesFisherValues.meanResultantLength(tf, narrow, dim)))
              .get(0);
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
        double[] product = VmfGraph.run(tf, graph, List.of(tf.math.mul(kappa, ratio))).get(0);
        Operand<TFloat64> length = VonMisesFisherValues.meanResultantLength(tf, kappa, dim);
        GradientCheck.assertClose(
            VmfGraph.run(tf, graph, List.of(length)).get(0), product, 1e-15, "dim " + dim);
        Operand<TFloat64> plain =
            VonMisesFisherValues.meanResultantLengthOverKappa(tf, square, dim);
        GradientCheck.assertClose(
            VmfGraph.run(tf, graph, List.of(ratio)).get(0),
            VmfGraph.run(tf, graph, List.of(plain)).get(0),
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
      for (double[] values : VmfGraph.run(tf, graph, List.of(value, square))) {
        for (double v : values) {
          assertTrue(Double.isFinite(v) && v < 0, "value " + v);
        }
      }
      assertEquals(1, VmfGraph.run(tf, graph, List.of(length)).get(0)[0]);
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
}
