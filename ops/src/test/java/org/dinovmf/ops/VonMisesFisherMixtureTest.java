package org.dinovmf.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.AllocationRecord;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.RunMetadata;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

class VonMisesFisherMixtureTest {

  private static final int BATCH = 4;
  private static final int COMPONENTS = 7;
  private static final int DIM = 3;

  private static final double[] WEIGHTS = {0.1, 0.3, 0.05, 0.2, 0.15, 0.12, 0.08};

  /** Directions and lengths without a pattern, and one component of length 0. */
  private static double component(int i) {
    int k = i / DIM;
    return k == 5 ? 0 : (1 + 2 * k) * Math.sin(1.7 * i + 0.3);
  }

  private static double point(int i) {
    int row = i / DIM;
    double norm = 0;
    for (int j = 0; j < DIM; j++) {
      norm = Math.hypot(norm, raw(row, j));
    }
    return raw(row, i % DIM) / norm;
  }

  private static double raw(int row, int j) {
    return Math.cos(2.3 * row + 1.1 * j + 0.5);
  }

  /** The log of each component's weighted density at a point, by the closed form for dim = 3. */
  private static double[] logShares(int row, double[] weights) {
    double[] shares = new double[COMPONENTS];
    for (int k = 0; k < COMPONENTS; k++) {
      double product = 0;
      double square = 0;
      for (int j = 0; j < DIM; j++) {
        product += component(k * DIM + j) * point(row * DIM + j);
        square += component(k * DIM + j) * component(k * DIM + j);
      }
      double kappa = Math.sqrt(square);
      double sinhc = kappa == 0 ? 1 : Math.sinh(kappa) / kappa;
      shares[k] = Math.log(weights[k]) - Math.log(4 * Math.PI * sinhc) + product;
    }
    return shares;
  }

  private static double logSum(double[] logs) {
    return Math.log(Arrays.stream(logs).map(Math::exp).sum());
  }

  private static double[] equalWeights() {
    double[] weights = new double[COMPONENTS];
    Arrays.fill(weights, 1.0 / COMPONENTS);
    return weights;
  }

  private static Operand<TFloat64> components(Ops tf) {
    return tf.reshape(
        tf.constant(values(COMPONENTS * DIM, VonMisesFisherMixtureTest::component)),
        tf.array(COMPONENTS, DIM));
  }

  private static Operand<TFloat64> points(Ops tf) {
    return tf.reshape(
        tf.constant(values(BATCH * DIM, VonMisesFisherMixtureTest::point)), tf.array(BATCH, DIM));
  }

  private static double[] values(int size, IntToDoubleFunction f) {
    double[] values = new double[size];
    Arrays.setAll(values, f);
    return values;
  }

  @Test
  void matchesTheClosedFormInThreeDimensions() {
    for (Kernels kernels : List.of(Kernels.plain(), Kernels.training())) {
      try (Graph graph = new Graph()) {
        Ops tf = Ops.create(graph);
        double[] logits = Arrays.stream(WEIGHTS).map(w -> Math.log(w) + 3).toArray();
        Operand<TFloat64> w = components(tf);
        assertMatches(
            tf, graph, VonMisesFisherMixture.of(tf, kernels, w, tf.constant(logits)), WEIGHTS);
        assertMatches(
            tf, graph, VonMisesFisherMixture.ofEqualWeights(tf, kernels, w), equalWeights());
      }
    }
  }

  private static void assertMatches(
      Ops tf, Graph graph, VonMisesFisherMixture<TFloat64> mixture, double[] weights) {
    Operand<TFloat64> y = points(tf);
    List<Operand<TFloat64>> fetches = new ArrayList<>();
    fetches.add(mixture.scores(tf, y));
    fetches.add(mixture.posterior(tf, y));
    fetches.add(mixture.relativeLogDensity(tf, y));
    for (int blockSize : new int[] {COMPONENTS, 7, 3, 1, 100}) {
      fetches.add(mixture.logDensity(tf, y, blockSize));
    }
    fetches.add(mixture.logDensity(tf, y));
    List<double[]> found = VmfGraph.run(tf, graph, fetches);
    for (int row = 0; row < BATCH; row++) {
      double[] shares = logShares(row, weights);
      double logDensity = logSum(shares);
      double logUniform = -Math.log(4 * Math.PI);
      for (int k = 0; k < COMPONENTS; k++) {
        int at = row * COMPONENTS + k;
        assertEquals(shares[k] - logUniform, found.get(0)[at], 1e-13, "score");
        assertEquals(Math.exp(shares[k] - logDensity), found.get(1)[at], 1e-14, "posterior");
      }
      assertEquals(logDensity - logUniform, found.get(2)[row], 1e-13, "relative");
      for (double[] values : found.subList(3, found.size())) {
        assertEquals(logDensity, values[row], 1e-13, "log density");
      }
    }
  }

  /** What is made of a block of posteriors is that of the whole ones. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7})
  void posteriorsOfBlocksJoinToTheWholeOnes(int blockSize) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      VonMisesFisherMixture<TFloat64> mixture =
          VonMisesFisherMixture.ofEqualWeights(tf, Kernels.plain(), components(tf));
      Operand<TFloat64> y = points(tf);
      List<Integer> firsts = new ArrayList<>();
      List<Operand<TFloat64>> blocks =
          mixture.posteriorInBlocks(
              tf,
              y,
              blockSize,
              (scope, posterior, first) -> {
                firsts.add(first);
                return posterior;
              });
      assertEquals((COMPONENTS + blockSize - 1) / blockSize, blocks.size());
      assertEquals(blockSize < COMPONENTS ? blockSize : 0, firsts.get(firsts.size() > 1 ? 1 : 0));
      Operand<TFloat64> joined =
          blocks.size() == 1 ? blocks.get(0) : tf.concat(blocks, tf.constant(1));
      List<double[]> found = VmfGraph.run(tf, graph, List.of(mixture.posterior(tf, y), joined));
      GradientCheck.assertClose(found.get(0), found.get(1), 1e-14, "blocks of " + blockSize);
    }
  }

  private static List<GradientCheck.Input> inputs() {
    return List.of(
        new GradientCheck.Input(Shape.of(BATCH, DIM), VonMisesFisherMixtureTest::point),
        new GradientCheck.Input(Shape.of(COMPONENTS, DIM), VonMisesFisherMixtureTest::component),
        new GradientCheck.Input(Shape.of(COMPONENTS), i -> Math.log(WEIGHTS[i])));
  }

  /** In the points, the components (one of length 0 among them) and the weights. */
  @ParameterizedTest
  @ValueSource(ints = {7, 3})
  void gradientsMatchCentralDifferences(int blockSize) {
    GradientCheck.Subject density =
        (tf, x) ->
            VonMisesFisherMixture.of(tf, Kernels.training(), x.get(1), x.get(2))
                .logDensity(tf, x.get(0), blockSize);
    GradientCheck.Subject plain =
        (tf, x) ->
            VonMisesFisherMixture.of(tf, Kernels.plain(), x.get(1), x.get(2))
                .logDensity(tf, x.get(0), blockSize);
    try (GradientCheck check = new GradientCheck(density, inputs());
        GradientCheck plainCheck = new GradientCheck(plain, inputs())) {
      check.assertMatchesCentralDifference(1e-8);
      check.assertMatches(plainCheck, 1e-13);
    }
  }

  @Test
  void gradientsOfPosteriorsMatchCentralDifferences() {
    GradientCheck.Subject posterior =
        (tf, x) ->
            tf.concat(
                VonMisesFisherMixture.of(tf, Kernels.training(), x.get(1), x.get(2))
                    .posteriorInBlocks(tf, x.get(0), 3, (scope, block, first) -> block),
                tf.constant(1));
    GradientCheck.Subject whole =
        (tf, x) ->
            VonMisesFisherMixture.of(tf, Kernels.training(), x.get(1), x.get(2))
                .posterior(tf, x.get(0));
    try (GradientCheck check = new GradientCheck(posterior, inputs());
        GradientCheck wholeCheck = new GradientCheck(whole, inputs())) {
      check.assertMatchesCentralDifference(1e-8);
      wholeCheck.assertMatches(check, 1e-12);
    }
  }

  /** Scores of thousands neither overflow nor lose the far components. */
  @Test
  void isFiniteAtHighConcentration() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> w = tf.constant(new float[][] {{1e5f, 0}, {0, 1e5f}, {-9e4f, 0}});
      Operand<TFloat32> y = tf.constant(new float[][] {{1, 0}, {-1, 0}});
      VonMisesFisherMixture<TFloat32> mixture =
          VonMisesFisherMixture.ofEqualWeights(tf, Kernels.training(), w);
      Operand<TFloat32> density = mixture.logDensity(tf, y, 2);
      Operand<TFloat32> loss = tf.reduceSum(density, tf.constant(0));
      Output<?>[] x = {w.asOutput()};
      Operand<TFloat32> gradient = graph.addGradients(loss.asOutput(), x)[0].expect(TFloat32.class);
      List<double[]> found =
          VmfGraph.run(tf, graph, List.of(mixture.posterior(tf, y), density, gradient));
      GradientCheck.assertClose(new double[] {1, 0, 0, 0, 0, 1}, found.get(0), 0, "posterior");
      // On the circle log C + kappa = log(kappa / (2 pi)) / 2 at large kappa.
      double first = 0.5 * Math.log(1e5 / (2 * Math.PI)) - Math.log(3);
      assertEquals(first, found.get(1)[0], 0.02); // float32 rounds kappa by 0.004
      assertTrue(Arrays.stream(found.get(2)).allMatch(Double::isFinite));
    }
  }

  /**
   * Counts what is allocated in a run: of the size of [batch, components], one array for the whole
   * posterior or density or its gradient, and none in blocks.
   */
  @Test
  void holdsOneArrayOfScores() {
    int batch = 64;
    int components = 512;
    assertEquals(1, largeArrays(batch, components, components, false, true), "posterior");
    assertEquals(1, largeArrays(batch, components, components, false, false), "density");
    assertEquals(2, largeArrays(batch, components, components, true, false), "with gradient");
    assertEquals(0, largeArrays(batch, components, 128, false, true), "posterior in blocks");
    assertEquals(0, largeArrays(batch, components, 128, true, false), "gradient in blocks");
  }

  /**
   * No block is computed before the one before it is done with: every product of points with
   * components waits, by whatever way, for the product before.
   */
  @Test
  void blocksComeOneAfterTheOther() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat64> w = components(tf);
      Operand<TFloat64> y = points(tf);
      VonMisesFisherMixture<TFloat64> mixture =
          VonMisesFisherMixture.ofEqualWeights(tf, Kernels.training(), w);
      Operand<TFloat64> density = mixture.relativeLogDensity(tf, y, 2);
      List<Operand<TFloat64>> posteriors =
          mixture.posteriorInBlocks(tf, y, 2, (scope, block, first) -> block);
      Output<?>[] x = {w.asOutput(), y.asOutput()};
      Output<?> loss = tf.reduceSum(density, tf.constant(0)).asOutput();
      Output<?>[] gradients = graph.addGradients(loss, x);
      GraphDef def = graph.toGraphDef();
      GraphOrder.assertChain(def, 4, List.of(density.op().name()));
      GraphOrder.assertChain(def, 8, List.of(gradients[0].op().name(), gradients[1].op().name()));
      GraphOrder.assertChain(def, 8, posteriors.stream().map(p -> p.op().name()).toList());
    }
  }

  private static long largeArrays(
      int batch, int components, int blockSize, boolean withGradient, boolean posterior) {
    int dim = 16;
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> w = tf.placeholder(TFloat32.class);
      Operand<TFloat32> shaped = tf.reshape(w, tf.array(components, dim));
      Operand<TFloat32> y = tf.placeholder(TFloat32.class);
      VonMisesFisherMixture<TFloat32> mixture =
          VonMisesFisherMixture.ofEqualWeights(tf, Kernels.training(), shaped);
      List<Operand<TFloat32>> fetches = new ArrayList<>();
      if (posterior && blockSize == components) {
        fetches.add(mixture.posterior(tf, y));
      } else if (posterior) {
        fetches.addAll(
            mixture.posteriorInBlocks(
                tf,
                y,
                blockSize,
                (scope, block, first) -> scope.reduceSum(block, scope.constant(0))));
      } else {
        Operand<TFloat32> density = mixture.relativeLogDensity(tf, y, blockSize);
        fetches.add(density);
        if (withGradient) {
          Output<?>[] x = {w.asOutput(), y.asOutput()};
          Operand<TFloat32> loss = tf.reduceSum(density, tf.constant(0));
          for (Output<?> gradient : graph.addGradients(loss.asOutput(), x)) {
            fetches.add(gradient.expect(TFloat32.class));
          }
        }
      }
      try (Session session = new Session(graph);
          TFloat32 wValue = TFloat32.tensorOf(Shape.of(components, dim), t -> t.setFloat(1, 0, 0));
          TFloat32 yValue = TFloat32.tensorOf(Shape.of(batch, dim), t -> t.setFloat(1, 0, 0))) {
        Session.Runner runner =
            session
                .runner()
                .feed(w, wValue)
                .feed(y, yValue)
                .setOptions(
                    RunOptions.newBuilder()
                        .setTraceLevel(RunOptions.TraceLevel.FULL_TRACE)
                        .build());
        fetches.forEach(runner::fetch);
        try (Result result = runner.runAndFetchMetadata()) {
          RunMetadata metadata = result.getMetadata().orElseThrow();
          return metadata.getStepStats().getDevStatsList().stream()
              .flatMap(device -> device.getNodeStatsList().stream())
              .flatMap(node -> node.getMemoryList().stream())
              .flatMap(memory -> memory.getAllocationRecordsList().stream())
              .mapToLong(AllocationRecord::getAllocBytes)
              .filter(bytes -> bytes >= 4L * batch * components)
              .count();
        }
      }
    }
  }

  @Test
  void rejectsAnEmptyBlock() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      VonMisesFisherMixture<TFloat64> mixture =
          VonMisesFisherMixture.ofEqualWeights(tf, Kernels.plain(), components(tf));
      var e =
          assertThrows(IllegalArgumentException.class, () -> mixture.logDensity(tf, points(tf), 0));
      assertEquals("a block must have at least 1 component, but blockSize is 0", e.getMessage());
    }
  }
}
