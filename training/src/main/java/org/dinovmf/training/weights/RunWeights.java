package org.dinovmf.training.weights;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dinovmf.graph.WeightStore;
import org.dinovmf.graph.WeightStore.Variable;
import org.dinovmf.training.Devices;
import org.dinovmf.training.TrainConfig;
import org.dinovmf.training.TrainGraph;
import org.dinovmf.training.TrainSession;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * All that a checkpoint of a run holds, before its first step: the start that the training graph
 * gives, of which parts can be replaced. Not thread safe.
 */
public final class RunWeights implements AutoCloseable {

  /** Every run looks through the whole graph, so that values are given to it in batches. */
  private static final long MAX_WAITING = 1 << 26;

  private final Graph graph = new Graph();
  private final TrainGraph<TFloat32> trainGraph;
  private final TrainSession<TFloat32> session;
  private final Map<Variable<TFloat32>, float[]> waiting = new LinkedHashMap<>();
  private long waitingValues;

  /** The start of a run. */
  public RunWeights(TrainConfig config, int threads) {
    trainGraph = RunGraph.build(graph, config);
    session = new TrainSession<>(graph, trainGraph, Devices.session(threads, false), config.seed());
    session.initialize();
  }

  /** Every variable of a checkpoint. */
  public List<Variable<TFloat32>> variables() {
    return trainGraph.persistent();
  }

  /** Replaces a variable. */
  public void set(Variable<TFloat32> variable, float[] values) {
    waiting.put(variable, values);
    waitingValues += values.length;
    if (waitingValues > MAX_WAITING) {
      flush();
    }
  }

  private void flush() {
    Ops tf = Ops.create(graph);
    Map<Operand<?>, Tensor> feeds = new LinkedHashMap<>();
    List<Op> assigns = new ArrayList<>();
    try {
      waiting.forEach(
          (variable, values) -> {
            Operand<TFloat32> fed =
                tf.placeholder(TFloat32.class, Placeholder.shape(variable.shape()));
            assigns.add(tf.assignVariableOp(variable.handle(), fed));
            feeds.put(
                fed, TFloat32.tensorOf(variable.shape(), DataBuffers.of(values, true, false)));
          });
      session.run(feeds, WeightStore.group(tf, assigns));
    } finally {
      feeds.values().forEach(Tensor::close);
    }
    waiting.clear();
    waitingValues = 0;
  }

  /** Writes TensorFlow's files of a checkpoint. */
  public void save(Path prefix) {
    flush();
    session.save(prefix);
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
