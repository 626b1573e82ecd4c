package org.dinovmf.training.weights;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dinovmf.graph.WeightStore.Variable;
import org.dinovmf.training.BatchConfig;
import org.dinovmf.training.Devices;
import org.dinovmf.training.TrainConfig;
import org.dinovmf.training.TrainGraph;
import org.dinovmf.training.TrainSession;
import org.dinovmf.training.method.Crops;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/**
 * All that a checkpoint of a run holds, to be looked at or changed outside of training. The names
 * and shapes are those of the training graph itself. Not thread safe.
 */
public final class RunWeights implements AutoCloseable {

  private static final int GLOBAL_CROPS = 2;

  private final Graph graph;
  private final TrainGraph<TFloat32> trainGraph;
  private final TrainSession<TFloat32> session;
  private final Map<String, Assignment> assignments = new HashMap<>();

  /** Gives a variable the value that is fed. */
  private record Assignment(Operand<TFloat32> fed, Op assign) {}

  private RunWeights(Graph graph, TrainGraph<TFloat32> trainGraph, TrainSession<TFloat32> session) {
    this.graph = graph;
    this.trainGraph = trainGraph;
    this.session = session;
  }

  /** The weights of a run, at the start that they have without a checkpoint. */
  public static RunWeights initialized(TrainConfig config, int threads) {
    RunWeights weights = open(config, threads);
    weights.session.initialize();
    return weights;
  }

  /**
   * The weights of a checkpoint.
   *
   * @param prefix of TensorFlow's files
   */
  public static RunWeights restored(TrainConfig config, Path prefix, int threads) {
    RunWeights weights = initialized(config, threads);
    weights.session.restore(prefix);
    return weights;
  }

  /** Images of one crop are enough: no weight depends on their number. */
  private static RunWeights open(TrainConfig config, int threads) {
    Graph graph = new Graph();
    Ops tf = Ops.create(graph);
    long side = config.crops().global().pixels();
    Operand<TFloat32> images =
        tf.placeholder(
            TFloat32.class,
            Placeholder.shape(
                Shape.of(GLOBAL_CROPS, side, side, config.model().encoder().inChannels())));
    Optional<Operand<TBool>> mask =
        config
            .masks()
            .map(
                plan ->
                    tf.placeholder(
                        TBool.class, Placeholder.shape(Shape.of(GLOBAL_CROPS, plan.patches()))));
    TrainGraph<TFloat32> trainGraph =
        new TrainGraph<>(
            graph,
            TFloat32.class,
            config.model(),
            config.optimizer(),
            new BatchConfig(1, 1),
            config.seed(),
            new Crops<>(images, Optional.empty(), mask));
    ConfigProto device = Devices.session(threads, false);
    return new RunWeights(
        graph, trainGraph, new TrainSession<>(graph, trainGraph, device, config.seed()));
  }

  /** Every variable of a checkpoint. */
  public List<Variable<TFloat32>> variables() {
    return trainGraph.persistent();
  }

  /** The present values of a variable, in row-major order. */
  public float[] get(Variable<TFloat32> variable) {
    try (Result result = session.run(Map.of(), List.of(variable.value()))) {
      TFloat32 tensor = (TFloat32) result.get(0);
      float[] values = new float[(int) tensor.size()];
      tensor.copyTo(DataBuffers.of(values, false, false));
      return values;
    }
  }

  /** Changes a variable. */
  public void set(Variable<TFloat32> variable, float[] values) {
    Assignment assignment = assignments.computeIfAbsent(variable.name(), name -> assign(variable));
    try (TFloat32 tensor =
        TFloat32.tensorOf(variable.shape(), DataBuffers.of(values, true, false))) {
      session.run(Map.of(assignment.fed(), tensor), assignment.assign());
    }
  }

  private Assignment assign(Variable<TFloat32> variable) {
    Ops tf = Ops.create(graph);
    Operand<TFloat32> fed = tf.placeholder(TFloat32.class, Placeholder.shape(variable.shape()));
    return new Assignment(fed, tf.assignVariableOp(variable.handle(), fed));
  }

  /** Writes TensorFlow's files of a checkpoint. */
  public void save(Path prefix) {
    session.save(prefix);
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
