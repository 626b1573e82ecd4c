package org.dinovmf.training;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.dinovmf.graph.HeadConfig;
import org.dinovmf.graph.VitConfig;
import org.dinovmf.graph.WeightStore.Variable;
import org.dinovmf.ops.Fusion;
import org.dinovmf.ops.Precision;
import org.dinovmf.ops.Tensors;
import org.dinovmf.training.checkpoint.TrainState;
import org.dinovmf.training.method.Crops;
import org.dinovmf.training.method.Method;
import org.dinovmf.training.optimizer.AdamWConfig;
import org.dinovmf.training.schedule.Schedules;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.RewriterConfig;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TFloating;

/**
 * The graph of a training step and its session for a very small network, fed with images made from
 * their numbers: image i has the same crops in whatever batch it stands.
 *
 * @param <T> element type
 */
final class TinyRun<T extends TFloating> implements AutoCloseable {

  static final int LOCAL_CROPS = 2;

  /** An image without masked patches in either crop. */
  static final int WHOLE_IMAGE = 0;

  static final HeadConfig HEAD = new HeadConfig(8, 12, 6, 10);

  private static final int GLOBAL_SIDE = 8;
  private static final int LOCAL_SIDE = 4;
  private static final int PATCH = 4;
  private static final int PATCHES = GLOBAL_SIDE / PATCH * (GLOBAL_SIDE / PATCH);
  private static final int CHANNELS = 3;
  private static final long SEED = 17;

  /** Without the rewriting of graphs, which takes longer here than the steps do. */
  static final ConfigProto PLAIN =
      ConfigProto.newBuilder()
          .setGraphOptions(
              GraphOptions.newBuilder()
                  .setRewriteOptions(RewriterConfig.newBuilder().setDisableMetaOptimizer(true)))
          .build();

  /** What differs between tests. */
  record Config(
      Method method,
      HeadConfig head,
      AdamWConfig optimizer,
      BatchConfig batch,
      int depth,
      double dropPath,
      int localCrops) {

    static Config of(Method method, int batchSize, int accumulate) {
      return new Config(
          method,
          HEAD,
          new AdamWConfig(0.9, 0.999, 1e-8, 0.3),
          new BatchConfig(batchSize, accumulate, false),
          1,
          0,
          LOCAL_CROPS);
    }

    Config withHead(HeadConfig newHead) {
      return new Config(method, newHead, optimizer, batch, depth, dropPath, localCrops);
    }

    Config withOptimizer(AdamWConfig newOptimizer) {
      return new Config(method, head, newOptimizer, batch, depth, dropPath, localCrops);
    }

    Config withDropPath(int newDepth, double rate) {
      return new Config(method, head, optimizer, batch, newDepth, rate, localCrops);
    }

    Config withActivationCheckpointing() {
      BatchConfig newBatch = new BatchConfig(batch.batchSize(), batch.accumulate(), true);
      return new Config(method, head, optimizer, newBatch, depth, dropPath, localCrops);
    }

    Config withoutLocalCrops() {
      return new Config(method, head, optimizer, batch, depth, dropPath, 0);
    }
  }

  private final Config config;
  private final Class<T> type;
  private final Graph graph = new Graph();
  private final Placeholder<T> globals;
  private final Optional<Placeholder<T>> locals;
  private final Optional<Placeholder<TBool>> mask;
  private final TrainGraph<T> train;
  private final TrainSession<T> session;
  private TrainState state = TrainState.start(1);

  TinyRun(Class<T> type, Config config) {
    this.config = config;
    this.type = type;
    Ops tf = Ops.create(graph);
    globals = placeholder(tf, 2, GLOBAL_SIDE);
    locals =
        config.localCrops() == 0
            ? Optional.empty()
            : Optional.of(placeholder(tf, config.localCrops(), LOCAL_SIDE));
    mask =
        config.method().masksPatches()
            ? Optional.of(tf.placeholder(TBool.class, Placeholder.shape(maskShape())))
            : Optional.empty();
    VitConfig encoder = VitConfig.plain(GLOBAL_SIDE, PATCH, 8, config.depth(), 2, 2, CHANNELS);
    train =
        new TrainGraph<>(
            graph,
            type,
            new ModelConfig(
                config.method(), encoder, config.head(), config.dropPath(), Precision.FLOAT32),
            config.optimizer(),
            config.batch(),
            SEED,
            new Crops<>(globals, locals.map(fed -> fed), mask.map(fed -> fed)),
            Fusion.BY_TENSORFLOW);
    session = new TrainSession<>(graph, train, PLAIN, SEED);
    session.initialize();
  }

  private Placeholder<T> placeholder(Ops tf, int crops, int side) {
    long rows = (long) crops * config.batch().batchSize();
    return tf.placeholder(type, Placeholder.shape(Shape.of(rows, side, side, CHANNELS)));
  }

  TrainGraph<T> train() {
    return train;
  }

  Graph graph() {
    return graph;
  }

  TrainState state() {
    return state;
  }

  /** A step over images from {@code first} on, in as many micro-batches as configured. */
  StepResult step(Schedules.Values values, int first) {
    return step(values, first, -1);
  }

  /** A step in which one image, if it is among them, has a pixel that is not a number. */
  StepResult step(Schedules.Values values, int first, int broken) {
    List<Map<Operand<?>, Tensor>> microBatches = new ArrayList<>();
    try {
      for (int i = 0; i < config.batch().accumulate(); i++) {
        microBatches.add(feeds(first + i * config.batch().batchSize(), broken));
      }
      StepResult result = session.step(state, values, microBatches);
      state = state.next(values.trainsPrototypes(), 0);
      return result;
    } finally {
      microBatches.forEach(feeds -> feeds.values().forEach(Tensor::close));
    }
  }

  /** Gradients of the loss of one micro-batch with respect to the student's weights. */
  Map<String, double[]> gradients(Schedules.Values values, int first) {
    List<Variable<T>> trained = train.store().variables(TrainGraph.STUDENT);
    Output<?>[] inputs = trained.stream().map(v -> v.value().asOutput()).toArray(Output<?>[]::new);
    List<Operand<?>> fetches = List.of(graph.addGradients(train.loss().asOutput(), inputs));
    List<double[]> found = fetch(values, first, fetches);
    Map<String, double[]> gradients = new LinkedHashMap<>();
    for (int i = 0; i < found.size(); i++) {
      gradients.put(trained.get(i).name(), found.get(i));
    }
    return gradients;
  }

  /** Loss of one micro-batch. */
  double loss(Schedules.Values values, int first) {
    return fetch(values, first, List.of(train.loss())).get(0)[0];
  }

  /** Values of operands that depend on a micro-batch. */
  List<double[]> fetch(Schedules.Values values, int first, List<Operand<?>> fetches) {
    Map<Operand<?>, Tensor> feeds = feeds(first, -1);
    feeds.put(train.scalars(), TFloat64.vectorOf(train.feed(values, 1, 1)));
    try (Result result = session.run(feeds, fetches)) {
      return IntStream.range(0, fetches.size())
          .mapToObj(i -> Tensors.doubles(result.get(i)))
          .toList();
    } finally {
      feeds.values().forEach(Tensor::close);
    }
  }

  double[] values(String name) {
    return values().get(name);
  }

  /**
   * Every variable, accumulators included; all in one run, since each set of fetches is planned.
   */
  Map<String, double[]> values() {
    List<Variable<T>> variables = train.store().variables();
    List<Operand<?>> fetches = variables.stream().<Operand<?>>map(Variable::value).toList();
    Map<String, double[]> values = new LinkedHashMap<>();
    try (Result result = session.run(Map.of(), fetches)) {
      for (int i = 0; i < fetches.size(); i++) {
        values.put(variables.get(i).name(), Tensors.doubles(result.get(i)));
      }
    }
    return values;
  }

  /** Sets variables of the same names and sizes. */
  void assign(Map<String, double[]> values) {
    Ops tf = Ops.create(graph);
    List<Op> assigns = new ArrayList<>();
    values.forEach(
        (name, flat) -> {
          Variable<T> variable = train.store().variable(name);
          Operand<T> shaped =
              tf.dtypes.cast(tf.reshape(tf.constant(flat), tf.constant(variable.shape())), type);
          assigns.add(tf.assignVariableOp(variable.handle(), shaped));
        });
    session.run(assigns);
  }

  void save(Path prefix) {
    session.save(prefix);
  }

  void restore(Path prefix, TrainState saved) {
    session.restore(prefix);
    state = saved;
  }

  private Map<Operand<?>, Tensor> feeds(int first, int broken) {
    Map<Operand<?>, Tensor> feeds = new LinkedHashMap<>();
    feeds.put(globals, crops(globals.shape(), 2, first, broken, 0));
    locals.ifPresent(
        placeholder ->
            feeds.put(
                placeholder, crops(placeholder.shape(), config.localCrops(), first, broken, 2)));
    mask.ifPresent(placeholder -> feeds.put(placeholder, mask(first)));
    return feeds;
  }

  private Shape maskShape() {
    return Shape.of(2L * config.batch().batchSize(), PATCHES);
  }

  /** Two of five crops are whole, the others hide half of their patches or so. */
  private TBool mask(int first) {
    int batch = config.batch().batchSize();
    TBool tensor = TBool.tensorOf(maskShape());
    for (int row = 0; row < 2 * batch; row++) {
      int image = first + row % batch;
      SplittableRandom random = new SplittableRandom(7000L * image + row / batch);
      for (int patch = 0; patch < PATCHES; patch++) {
        boolean isMasked = random.nextBoolean() && (image + row / batch) % 5 > 1;
        tensor.setBoolean(isMasked, row, patch);
      }
    }
    return tensor;
  }

  /** Crop-major, as the loader lays them out. */
  private Tensor crops(Shape shape, int crops, int first, int broken, int view) {
    int batch = config.batch().batchSize();
    int pixels = (int) (shape.size() / shape.get(0));
    double[] values = new double[(int) shape.size()];
    for (int row = 0; row < crops * batch; row++) {
      int image = first + row % batch;
      SplittableRandom random = new SplittableRandom(1000L * image + view + row / batch);
      for (int i = 0; i < pixels; i++) {
        values[row * pixels + i] = 2 * random.nextDouble() - 1;
      }
      if (image == broken) {
        values[row * pixels] = Double.NaN;
      }
    }
    return tensor(shape, values);
  }

  private Tensor tensor(Shape shape, double[] values) {
    if (type.equals(TFloat64.class)) {
      return TFloat64.tensorOf(shape, DataBuffers.of(values));
    }
    float[] narrow = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      narrow[i] = (float) values[i];
    }
    return TFloat32.tensorOf(shape, DataBuffers.of(narrow));
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
