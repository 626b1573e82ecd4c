package org.dinovmf.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.dinovmf.ops.Golden;
import org.dinovmf.ops.Kernels;
import org.dinovmf.ops.Tensors;
import org.dinovmf.ops.VonMisesFisher;
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
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TFloating;

/**
 * The encoder, the head and the mixture against an independent PyTorch model in float64, gradients
 * of every weight included.
 */
class NetworkGoldenTest {

  private static final Golden GOLDEN = Golden.reference(NetworkGoldenTest.class, "network");
  private static final double TEMPERATURE = 0.1;
  private static final int CHANNELS = 3;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void matchesPyTorchInFloat64(boolean declaredGradients) {
    check(TFloat64.class, declaredGradients ? Kernels.training() : Kernels.plain(), 1e-10);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void matchesPyTorchInFloat32(boolean declaredGradients) {
    check(TFloat32.class, declaredGradients ? Kernels.training() : Kernels.plain(), 1e-5);
  }

  @Test
  void everyWeightHasAPublishedName() {
    try (Graph graph = new Graph()) {
      Network<TFloat32> network = new Network<>(graph, TFloat32.class, Kernels.plain());
      Set<String> ours = new TreeSet<>();
      network.weights.keySet().forEach(name -> ours.add("param." + PublishedNames.of(name)));
      Set<String> published = new TreeSet<>();
      GOLDEN.names().stream().filter(name -> name.startsWith("param.")).forEach(published::add);
      assertEquals(published, ours);
    }
  }

  /**
   * The encoder cut after a block, with the LayerNorm that follows there: what the second block's
   * attention sees, and the attention of the last block.
   */
  @Test
  void matchesPyTorchWithin() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Network<TFloat64> whole = new Network<>(graph, TFloat64.class, Kernels.plain());
      int depth = whole.vit.depth();
      Map<String, Operand<TFloat64>> found = new LinkedHashMap<>();
      Map<String, Operand<TFloat64>> expected = new LinkedHashMap<>();
      for (String size : List.of("square", "small", "oblong")) {
        Weights<TFloat64> second = whole.golden.below("backbone/blocks/1/norm1");
        found.put(size + ".block0", whole.cut(tf, size, 1));
        expected.put(
            size + ".block0",
            Layers.layerNorm(
                tf,
                Kernels.plain(),
                second,
                GOLDEN.constant(tf, size + ".block0", TFloat64.class),
                whole.vit.embedDim()));
        found.put(
            size + ".last_attention",
            whole.attention(tf, whole.cut(tf, size, depth - 1), depth - 1));
        expected.put(
            size + ".last_attention",
            GOLDEN.constant(tf, size + ".last_attention", TFloat64.class));
      }
      try (Session session = new Session(graph)) {
        Session.Runner runner = session.runner();
        found.values().forEach(runner::fetch);
        expected.values().forEach(runner::fetch);
        try (Result result = runner.run()) {
          int i = 0;
          for (String name : found.keySet()) {
            double[] wanted = Tensors.doubles(result.get(i + found.size()));
            Tensors.assertClose(name, wanted, Tensors.doubles(result.get(i)), 1e-10);
            i++;
          }
        }
      }
    }
  }

  /** Images whose sides are not known when the graph is built, and what is seen within. */
  @Test
  void matchesPyTorchAtAnySize() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Network<TFloat64> network = new Network<>(graph, TFloat64.class, Kernels.plain());
      Weights<TFloat64> backbone = network.golden.below("backbone");
      VisionTransformer<TFloat64> encoder =
          new VisionTransformer<>(network.vit, Kernels.plain(), backbone);
      Map<String, Operand<TFloat64>> found = new LinkedHashMap<>();
      Map<String, Operand<TFloat64>> expected = new LinkedHashMap<>();
      for (String size : List.of("square", "small", "oblong")) {
        Operand<TFloat64> images =
            tf.placeholderWithDefault(network.images(tf, size), Shape.of(-1, -1, -1, CHANNELS));
        TokensInDetail<TFloat64> detail = encoder.applyInDetail(tf, images);
        found.put(size + ".tokens", detail.tokens().all());
        expected.put(size + ".tokens", GOLDEN.constant(tf, size + ".tokens", TFloat64.class));
        found.put(size + ".last_attention", detail.attention());
        expected.put(
            size + ".last_attention",
            tf.slice(
                GOLDEN.constant(tf, size + ".last_attention", TFloat64.class),
                tf.array(0, 0, 0, 1),
                tf.array(-1, -1, 1, -1)));
        found.put(size + ".block0", detail.clsOfBlocks().get(0));
        Operand<TFloat64> cls =
            tf.slice(
                GOLDEN.constant(tf, size + ".block0", TFloat64.class),
                tf.array(0, 0, 0),
                tf.array(-1, 1, -1));
        expected.put(
            size + ".block0",
            Layers.layerNorm(
                tf, Kernels.plain(), backbone.below("norm"), cls, network.vit.embedDim()));
      }
      try (Session session = new Session(graph)) {
        Session.Runner runner = session.runner();
        found.values().forEach(runner::fetch);
        expected.values().forEach(runner::fetch);
        try (Result result = runner.run()) {
          int i = 0;
          for (String name : found.keySet()) {
            double[] wanted = Tensors.doubles(result.get(i + found.size()));
            Tensors.assertClose(name, wanted, Tensors.doubles(result.get(i)), 1e-10);
            i++;
          }
          assertEquals(
              Shape.of(3, network.vit.numHeads(), 5, 3), result.get(found.size() - 2).shape());
        }
      }
    }
  }

  /** Relative to each tensor's largest value, which is the tolerance's unit. */
  private static <T extends TFloating> void check(
      Class<T> type, Kernels kernels, double tolerance) {
    try (Graph graph = new Graph()) {
      Network<T> network = new Network<>(graph, type, kernels);
      List<String> names = new ArrayList<>(network.weights.keySet());
      Output<?>[] inputs =
          names.stream().map(n -> network.weights.get(n).asOutput()).toArray(Output<?>[]::new);
      Output<?>[] gradients = graph.addGradients(network.objective.asOutput(), inputs);
      try (Session session = new Session(graph)) {
        Session.Runner runner = session.runner();
        network.outputs.values().forEach(runner::fetch);
        for (Output<?> gradient : gradients) {
          runner.fetch(gradient);
        }
        try (Result result = runner.run()) {
          int i = 0;
          for (String name : network.outputs.keySet()) {
            Tensors.assertClose(
                name, GOLDEN.values(name), Tensors.doubles(result.get(i++)), tolerance);
          }
          for (String name : names) {
            Shape shape = network.shapes.get(name);
            double[] expected = GOLDEN.values("grad." + PublishedNames.of(name));
            double[] found =
                PublishedNames.toPublished(name, Tensors.doubles(result.get(i++)), shape, CHANNELS);
            Tensors.assertClose("grad " + name, expected, found, tolerance * GRADIENT_SLACK);
          }
        }
      }
    }
  }

  /** A gradient sums over three sizes of images; its rounding is that much larger. */
  private static final double GRADIENT_SLACK = 3;

  /** The golden network at its three image sizes, with the golden objective. */
  private static final class Network<T extends TFloating> {

    final Map<String, Operand<T>> weights = new LinkedHashMap<>();
    final Map<String, Shape> shapes = new LinkedHashMap<>();
    final Map<String, Operand<T>> outputs = new LinkedHashMap<>();
    final VitConfig vit;
    final Weights<T> golden;
    private final Class<T> type;
    Operand<T> objective;

    Network(Graph graph, Class<T> type, Kernels kernels) {
      Ops tf = Ops.create(graph);
      this.type = type;
      JsonNode config = GOLDEN.metadata("config");
      int dim = config.get("dim").asInt();
      int bottleneck = config.get("bottleneck").asInt();
      int prototypes = config.get("prototypes").asInt();
      vit =
          VitConfig.plain(
              config.get("image").asInt(),
              config.get("patch").asInt(),
              dim,
              config.get("depth").asInt(),
              config.get("heads").asInt(),
              4,
              CHANNELS);
      HeadConfig head = new HeadConfig(dim, config.get("hidden").asInt(), bottleneck, prototypes);
      golden =
          (name, shape, initializer) ->
              weights.computeIfAbsent(name, n -> constant(tf, n, shape, type));
      Operand<T> temperature = tf.dtypes.cast(tf.constant(TEMPERATURE), type);
      double atZero = VonMisesFisher.logNormalizerAtZero(bottleneck);
      Prototypes vmf = new Prototypes.Vmf();
      for (String size : List.of("square", "small", "oblong")) {
        Tokens<T> tokens =
            new VisionTransformer<>(vit, kernels, golden.below("backbone"))
                .apply(tf, images(tf, size), DropPath.none());
        Operand<T> y =
            new ProjectionHead<>(head, kernels, golden.below("head")).apply(tf, tokens.cls());
        Operand<T> vectors = vmf.vectors(tf, golden.below("head"), head);
        Operand<T> logits = Prototypes.scores(tf, y, vectors);
        Operand<T> normalizer = vmf.logNormalizer(tf, kernels, vectors, temperature).orElseThrow();
        Operand<T> vmfLogits =
            tf.math.add(
                tf.math.add(tf.math.div(logits, temperature), normalizer),
                tf.dtypes.cast(tf.constant(atZero), type));
        outputs.put(size + ".tokens", tokens.all());
        outputs.put(size + ".bottleneck", y);
        outputs.put(size + ".logits", tf.math.div(logits, temperature));
        outputs.put(size + ".vmf_logits", vmfLogits);
        Operand<T> part =
            tf.reduceSum(
                tf.math.mul(vmfLogits, GOLDEN.constant(tf, size + ".cotangent", type)),
                tf.array(0, 1));
        objective = objective == null ? part : tf.math.add(objective, part);
      }
    }

    Operand<T> images(Ops tf, String size) {
      return tf.linalg.transpose(GOLDEN.constant(tf, size + ".images", type), tf.array(0, 2, 3, 1));
    }

    /** What comes into the attention of a block: the first blocks, then that block's norm. */
    Operand<T> cut(Ops tf, String size, int block) {
      VitConfig shorter =
          VitConfig.plain(
              vit.imageSize(),
              vit.patchSize(),
              vit.embedDim(),
              block,
              vit.numHeads(),
              vit.mlpRatio(),
              vit.inChannels());
      Weights<T> below = golden.below("backbone");
      String norm = "blocks/%d/norm1/".formatted(block);
      return new VisionTransformer<T>(
              shorter,
              Kernels.plain(),
              (name, shape, initializer) ->
                  below.get(name.replaceFirst("^norm/", norm), shape, initializer))
          .apply(tf, images(tf, size), DropPath.none())
          .all();
    }

    /** {@code [batch, heads, tokens, tokens]}. */
    Operand<T> attention(Ops tf, Operand<T> x, int block) {
      int dim = vit.embedDim();
      int heads = vit.numHeads();
      long tokens = x.shape().get(1);
      Weights<T> weights = golden.below("backbone/blocks/%d/attn/qkv".formatted(block));
      Operand<T> qkv = Layers.linear(tf, Kernels.plain(), weights, x, dim, 3 * dim);
      Operand<T> byHead =
          tf.linalg.transpose(
              tf.reshape(qkv, tf.array(-1, tokens, 3, heads, dim / heads)),
              tf.array(2, 0, 3, 1, 4));
      List<Output<T>> parts = tf.unstack(byHead, 3L).output();
      Operand<T> scores = tf.linalg.einsum(List.of(parts.get(0), parts.get(1)), "bhqd,bhkd->bhqk");
      Operand<T> scale = tf.dtypes.cast(tf.constant(1 / Math.sqrt(dim / (double) heads)), type);
      return tf.nn.softmax(tf.math.mul(scores, scale));
    }

    private Operand<T> constant(Ops tf, String name, Shape shape, Class<T> type) {
      double[] published = GOLDEN.values("param." + PublishedNames.of(name));
      double[] ours = PublishedNames.fromPublished(name, published, shape, CHANNELS);
      shapes.put(name, shape);
      return tf.dtypes.cast(tf.reshape(tf.constant(ours), tf.constant(shape)), type);
    }
  }
}
