package org.dinovmf.tools.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.dinovmf.graph.preprocessing.Channels;
import org.dinovmf.training.GemmPeak;
import org.dinovmf.training.StepEngine;
import org.dinovmf.training.StepFlops;
import org.dinovmf.training.StepPart;
import org.dinovmf.training.StepResult;
import org.dinovmf.training.TrainConfig;
import org.dinovmf.training.checkpoint.TrainState;
import org.dinovmf.training.data.Batch;
import org.dinovmf.training.schedule.Schedules;
import org.tensorflow.proto.ConfigProto;

/**
 * Times the step that {@code train} does, by the same {@link StepEngine}, on noise that is in
 * memory already.
 */
final class StepBench implements AutoCloseable {

  private static final Duration PEAK_TIME = Duration.ofSeconds(2);

  /** Steps after which nothing is frozen or warming up any more, whatever the schedule says. */
  private static final long STEPS_PER_EPOCH = 1000;

  private final TrainConfig config;
  private final ConfigProto device;
  private final long begin = System.nanoTime();
  private final StepEngine engine;
  private final Schedules.Values values;
  private final List<Batch> batches = new ArrayList<>();
  private TrainState state;

  /**
   * Builds the step.
   *
   * @param device of the session
   */
  StepBench(TrainConfig config, ConfigProto device) {
    this.config = config;
    this.device = device;
    engine = new StepEngine(config, device);
    engine.session().initialize();
    Schedules schedules = new Schedules(config.schedule(), STEPS_PER_EPOCH, config.batch().total());
    values = schedules.at(schedules.totalSteps() / 2);
    state = TrainState.start(STEPS_PER_EPOCH);
    Channels channels = Channels.of(config.model().encoder().inChannels());
    for (int i = 0; i < config.batch().accumulate(); i++) {
      batches.add(
          Batch.noise(config.batch().batchSize(), config.crops(), channels, config.masks(), i));
    }
  }

  /**
   * Times steps, and after them the parts that a step consists of.
   *
   * @param warmup steps before, at least 1
   * @param withOps whether one more step is traced
   */
  StepReport run(int warmup, int steps, int threads, boolean withOps) throws IOException {
    step();
    double firstStep = (System.nanoTime() - begin) / 1e9;
    for (int i = 1; i < warmup; i++) {
      step();
    }
    Timings whole = new Timings();
    for (int i = 0; i < steps; i++) {
      whole.time(this::step);
    }
    long peak = ResidentMemory.peak(); // of all that a training does, and of nothing else
    for (StepPart part : StepPart.values()) {
      part(part); // its own first run prepares it
    }
    Timings forward = new Timings();
    Timings backward = new Timings();
    for (int i = 0; i < steps; i++) {
      forward.time(() -> part(StepPart.FORWARD));
      backward.time(() -> part(StepPart.BACKWARD));
    }
    double step = whole.median();
    double forwardShare = Math.min(1, forward.median() / step);
    double bothShare = Math.max(forwardShare, Math.min(1, backward.median() / step));
    List<OpTime> ops =
        withOps ? OpTime.of(engine.traced(state, values, batches.get(0))) : List.of();
    double products = StepFlops.of(config, maskedShare()).total();
    return new StepReport(
        config.batch().total(),
        threads,
        steps,
        step,
        whole.quantile(0.1),
        whole.quantile(0.9),
        config.batch().total() / step,
        firstStep,
        forwardShare,
        bothShare - forwardShare,
        1 - bothShare,
        products,
        products / step,
        GemmPeak.flopsPerSecond(device, PEAK_TIME, config.model().precision()),
        peak,
        ops);
  }

  /**
   * Does the first steps of a run and leaves all that another program needs to repeat them.
   *
   * @param folder is made
   */
  void prove(Path folder, int steps) throws IOException {
    Files.createDirectories(folder);
    StepProof.writeCrops(folder, batches.get(0));
    StepProof.writeWeights(folder, "before", config, engine);
    List<Double> losses = new ArrayList<>();
    for (int i = 0; i < steps; i++) {
      losses.add(step().loss());
    }
    StepProof.writeWeights(folder, "after", config, engine);
    new StepProof(config, values, losses).write(folder);
  }

  /** Seconds of a whole step, the middle of several. */
  double median(int warmup, int steps) {
    for (int i = 0; i < warmup; i++) {
      step();
    }
    Timings whole = new Timings();
    for (int i = 0; i < steps; i++) {
      whole.time(this::step);
    }
    return whole.median();
  }

  /** How many numbers are in the variables whose names begin so. */
  long values(String prefix) {
    return engine.variables().stream()
        .filter(variable -> variable.name().startsWith(prefix))
        .mapToLong(variable -> variable.shape().size())
        .sum();
  }

  private StepResult step() {
    StepResult result = engine.step(state, values, batches);
    state = state.next(values.trainsPrototypes(), 0);
    return result;
  }

  private void part(StepPart part) {
    for (Batch batch : batches) {
      engine.part(part, state, values, batch);
    }
  }

  private double maskedShare() {
    long masked = 0;
    long all = 0;
    for (Batch batch : batches) {
      for (byte each : batch.mask()) {
        masked += each;
      }
      all += batch.mask().length;
    }
    return all == 0 ? 0 : (double) masked / all;
  }

  @Override
  public void close() {
    engine.close();
  }
}
