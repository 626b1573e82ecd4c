package org.dinovmf.training;

import java.util.List;
import java.util.Map;
import org.dinovmf.graph.WeightStore;
import org.dinovmf.ops.Fusion;
import org.dinovmf.training.checkpoint.TrainState;
import org.dinovmf.training.data.Batch;
import org.dinovmf.training.schedule.Schedules;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Tensor;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.RunMetadata;
import org.tensorflow.types.TFloat32;

/**
 * The steps of a run on batches of bytes: graph, input and session, and nothing of where batches
 * come from or what becomes of the weights. {@link Trainer} trains with it, and a benchmark times
 * it. Not thread safe.
 */
public final class StepEngine implements AutoCloseable {

  private final Graph graph = new Graph();
  private final CropInput input;
  private final TrainGraph<TFloat32> trainGraph;
  private final TeacherFeatures features;
  private final TrainSession<TFloat32> session;

  /**
   * Builds the graph; {@link TrainSession#initialize} gives the weights their start.
   *
   * @param device of the session, see {@link Devices}
   */
  public StepEngine(TrainConfig config, ConfigProto device) {
    Fusion fusion = Devices.fusion(device, config.model().precision());
    Ops tf = Ops.create(graph);
    input =
        new CropInput(
            tf, config.crops(), config.normalization(), config.batch().batchSize(), config.masks());
    trainGraph =
        new TrainGraph<>(
            graph,
            TFloat32.class,
            config.model(),
            config.optimizer(),
            config.batch(),
            config.seed(),
            input.crops(),
            fusion);
    features = new TeacherFeatures(tf, config, trainGraph, fusion);
    session =
        new TrainSession<>(graph, trainGraph, Devices.forSteps(device, fusion), config.seed());
  }

  /** Does one optimizer step; see {@link TrainSession#step}. */
  public StepResult step(TrainState state, Schedules.Values values, List<Batch> batches) {
    List<CropInput.Feed> feeds = batches.stream().map(input::feed).toList();
    try {
      List<Map<Operand<?>, Tensor>> tensors = feeds.stream().map(CropInput.Feed::tensors).toList();
      return session.step(state, values, tensors);
    } finally {
      feeds.forEach(CropInput.Feed::close);
    }
  }

  /** Does a part of a step on one batch; see {@link TrainSession#part}. */
  public void part(StepPart part, TrainState state, Schedules.Values values, Batch batch) {
    try (CropInput.Feed feed = input.feed(batch)) {
      session.part(part, state, values, feed.tensors());
    }
  }

  /** Does the ops of a step on one batch, and tells how long each took. */
  public RunMetadata traced(TrainState state, Schedules.Values values, Batch batch) {
    try (CropInput.Feed feed = input.feed(batch)) {
      return session.traced(state, values, feed.tensors());
    }
  }

  TrainGraph<TFloat32> trainGraph() {
    return trainGraph;
  }

  TeacherFeatures features() {
    return features;
  }

  /** Everything that stays from step to step. */
  public List<WeightStore.Variable<TFloat32>> variables() {
    return trainGraph.store().variables();
  }

  /** Initializes, saves and restores. */
  public TrainSession<TFloat32> session() {
    return session;
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
