package org.dinovmf.training;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dinovmf.graph.WeightStore;
import org.dinovmf.training.checkpoint.TrainState;
import org.dinovmf.training.method.Objective;
import org.dinovmf.training.schedule.Schedules;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.op.Op;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.RunMetadata;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;
import org.tensorflow.types.family.TFloating;

/**
 * Runs a {@link TrainGraph}: owns the session, one step at a time. Not thread safe.
 *
 * @param <T> element type of the graph
 */
public final class TrainSession<T extends TFloating> implements AutoCloseable {

  /** Seeds of micro-batches lie this far apart, so that the passes of one never meet the next. */
  private static final long SEED_STRIDE = 16;

  private final TrainGraph<T> graph;
  private final long seed;
  private final Session session;
  private final Op initialize;
  private final WeightStore.Persistence persistence;

  /**
   * Opens a session.
   *
   * @param owner the graph that {@code trainGraph} was built in; closed by the caller, afterwards
   * @param seed of stochastic depth
   */
  public TrainSession(Graph owner, TrainGraph<T> trainGraph, ConfigProto config, long seed) {
    this.graph = trainGraph;
    this.seed = seed;
    this.initialize = trainGraph.store().initialize();
    this.persistence = trainGraph.store().persistence(trainGraph.persistent());
    this.session = new Session(owner, config);
  }

  /** Gives every variable its start. */
  public void initialize() {
    session.runner().addTarget(initialize.op()).run().close();
  }

  /** Writes the persistent variables as a TensorFlow checkpoint. */
  public void save(Path prefix) {
    runWithFile(persistence.save(), prefix);
  }

  /** Reads the persistent variables; {@link #initialize} must have run before. */
  public void restore(Path prefix) {
    runWithFile(persistence.restore(), prefix);
  }

  /** Reads some of the variables; {@link #initialize} must have run before. */
  public void restore(Path prefix, List<WeightStore.Variable<T>> variables) {
    WeightStore.Persistence some = graph.store().persistence(variables);
    try (TString file = TString.scalarOf(prefix.toString())) {
      session.runner().feed(some.file(), file).addTarget(some.restore().op()).run().close();
    }
  }

  private void runWithFile(Op op, Path prefix) {
    try (TString file = TString.scalarOf(prefix.toString())) {
      session.runner().feed(persistence.file(), file).addTarget(op.op()).run().close();
    }
  }

  /**
   * Does one optimizer step.
   *
   * @param state before the step
   * @param microBatches what to feed for each micro-batch; the tensors stay the caller's
   * @throws NonFiniteLossException if the loss or a gradient is not finite; nothing has changed
   *     then
   */
  public StepResult step(
      TrainState state, Schedules.Values values, List<Map<Operand<?>, Tensor>> microBatches) {
    Op update = graph.update(values.trainsPrototypes());
    try (TFloat64 scalars = scalars(state, values)) {
      if (graph.accumulate().isEmpty()) {
        return result(
            microBatch(scalars, state.step(), microBatches.get(0), update, fetches(true)));
      }
      double[] mean = new double[fetches(false).size()];
      int count = microBatches.size();
      for (int i = 0; i < count; i++) {
        double[] part =
            microBatch(
                scalars,
                state.step() * count + i,
                microBatches.get(i),
                graph.accumulate().get(),
                fetches(false));
        for (int k = 0; k < mean.length; k++) {
          mean[k] += part[k] / count;
        }
      }
      Session.Runner last = session.runner().feed(graph.scalars(), scalars).addTarget(update.op());
      double[] all = Arrays.copyOf(mean, mean.length + 1);
      all[mean.length] = fetch(last, List.of(graph.gradientNorm()))[0];
      return result(all);
    } catch (TFInvalidArgumentException e) {
      if (e.getMessage() != null && e.getMessage().contains("assertion failed")) {
        graph.discard().ifPresent(discard -> run(List.of(discard)));
        throw new NonFiniteLossException(state.step(), e);
      }
      throw e;
    }
  }

  /** What {@link #result} takes; the norm is known when all micro-batches are. */
  private List<Operand<T>> fetches(boolean withNorm) {
    Objective<T> objective = graph.objective();
    List<Operand<T>> fetches = new ArrayList<>();
    fetches.add(objective.loss());
    fetches.add(objective.clsLoss());
    fetches.add(objective.targetEntropy());
    fetches.addAll(objective.measures().values());
    fetches.addAll(objective.health().values());
    if (withNorm) {
      fetches.add(graph.gradientNorm());
    }
    return fetches;
  }

  private StepResult result(double[] values) {
    Map<String, Double> measures = new LinkedHashMap<>();
    int next = 3;
    for (String name : graph.objective().measures().keySet()) {
      measures.put(name, values[next]);
      next++;
    }
    Map<String, Double> health = new LinkedHashMap<>();
    for (String name : graph.objective().health().keySet()) {
      health.put(name, values[next]);
      next++;
    }
    return new StepResult(values[0], values[1], values[2], values[next], measures, health);
  }

  private double[] microBatch(
      TFloat64 scalars,
      long number,
      Map<Operand<?>, Tensor> feeds,
      Op target,
      List<Operand<T>> fetches) {
    try (TInt64 dropSeed = TInt64.vectorOf(seed, number * SEED_STRIDE)) {
      return fetch(runner(scalars, dropSeed, feeds).addTarget(target.op()), fetches);
    }
  }

  private double[] fetch(Session.Runner runner, List<Operand<T>> operands) {
    operands.forEach(runner::fetch);
    try (Result result = runner.run()) {
      double[] values = new double[operands.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = scalar(result.get(i));
      }
      return values;
    }
  }

  /**
   * Does a part of a step, which changes nothing, to see how long it takes.
   *
   * @param microBatch what to feed; the tensors stay the caller's
   */
  public void part(
      StepPart part,
      TrainState state,
      Schedules.Values values,
      Map<Operand<?>, Tensor> microBatch) {
    Op target =
        switch (part) {
          case FORWARD -> graph.loss();
          case BACKWARD -> graph.gradientNorm();
        };
    try (TFloat64 scalars = scalars(state, values);
        TInt64 dropSeed = TInt64.vectorOf(seed, state.step() * SEED_STRIDE)) {
      runner(scalars, dropSeed, microBatch).addTarget(target.op()).run().close();
    }
  }

  /**
   * Does the ops of a step on one micro-batch, and tells how long each took.
   *
   * @param microBatch what to feed; the tensors stay the caller's
   */
  public RunMetadata traced(
      TrainState state, Schedules.Values values, Map<Operand<?>, Tensor> microBatch) {
    Op target = graph.accumulate().orElse(graph.update(values.trainsPrototypes()));
    try (TFloat64 scalars = scalars(state, values);
        TInt64 dropSeed = TInt64.vectorOf(seed, state.step() * SEED_STRIDE);
        Result result =
            runner(scalars, dropSeed, microBatch)
                .addTarget(target.op())
                .setOptions(
                    RunOptions.newBuilder().setTraceLevel(RunOptions.TraceLevel.FULL_TRACE).build())
                .runAndFetchMetadata()) {
      return result.getMetadata().orElseThrow();
    }
  }

  private TFloat64 scalars(TrainState state, Schedules.Values values) {
    long prototypeUpdates = state.prototypeUpdates() + (values.trainsPrototypes() ? 1 : 0);
    return TFloat64.vectorOf(graph.feed(values, state.step() + 1, prototypeUpdates));
  }

  private Session.Runner runner(
      TFloat64 scalars, TInt64 dropSeed, Map<Operand<?>, Tensor> microBatch) {
    Session.Runner runner =
        session.runner().feed(graph.scalars(), scalars).feed(graph.dropSeed(), dropSeed);
    microBatch.forEach(runner::feed);
    return runner;
  }

  /**
   * Runs a fetch of the caller's, such as the teacher's tokens of evaluation images.
   *
   * @return an open result, which the caller closes
   */
  public Result run(Map<Operand<?>, Tensor> feeds, List<Operand<?>> fetches) {
    Session.Runner runner = session.runner();
    feeds.forEach(runner::feed);
    fetches.forEach(runner::fetch);
    return runner.run();
  }

  /** Runs an op of the caller's with tensors fed, which stay the caller's. */
  public void run(Map<Operand<?>, Tensor> feeds, Op target) {
    Session.Runner runner = session.runner().addTarget(target.op());
    feeds.forEach(runner::feed);
    runner.run().close();
  }

  /** Runs ops of the caller's, such as the assignment of imported weights. */
  public void run(List<Op> targets) {
    Session.Runner runner = session.runner();
    targets.forEach(target -> runner.addTarget(target.op()));
    runner.run().close();
  }

  private static double scalar(Tensor tensor) {
    return tensor instanceof TFloat32 single ? single.getFloat() : ((TFloat64) tensor).getDouble();
  }

  @Override
  public void close() {
    session.close();
  }
}
