package org.dinovmf.training.schedule;

/**
 * The values of every schedule at a step, exactly as the published code tabulates them.
 *
 * <p>Rate, weight decay and teacher momentum change with every step, the teacher temperature with
 * every epoch. A cosine over n steps never reaches its end, which would be step n.
 */
public final class Schedules {

  private static final double REFERENCE_BATCH = 256;

  /**
   * Values of one step.
   *
   * @param trainsPrototypes false while the last layer is frozen
   */
  public record Values(
      double learningRate,
      double weightDecay,
      double teacherMomentum,
      double teacherTemp,
      double teacherPatchTemp,
      boolean trainsPrototypes) {}

  private final ScheduleConfig config;
  private final long stepsPerEpoch;
  private final double peakRate;

  /**
   * The schedules of a run.
   *
   * @param stepsPerEpoch optimizer steps, at least 1
   * @param batchSize images of one optimizer step, over all micro-batches
   */
  public Schedules(ScheduleConfig config, long stepsPerEpoch, int batchSize) {
    if (stepsPerEpoch < 1 || batchSize < 1) {
      throw new IllegalArgumentException(
          "an epoch needs at least one step and a step one image: stepsPerEpoch=%d, batchSize=%d"
              .formatted(stepsPerEpoch, batchSize));
    }
    this.config = config;
    this.stepsPerEpoch = stepsPerEpoch;
    this.peakRate = config.learningRate() * batchSize / REFERENCE_BATCH;
  }

  /** Steps of the whole run. */
  public long totalSteps() {
    return config.epochs() * stepsPerEpoch;
  }

  /** Steps of one epoch. */
  public long stepsPerEpoch() {
    return stepsPerEpoch;
  }

  /**
   * The values at a step.
   *
   * @param step from 0
   */
  public Values at(long step) {
    if (step < 0 || step >= totalSteps()) {
      throw new IllegalArgumentException(
          "step must be in [0, %d) but is %d".formatted(totalSteps(), step));
    }
    long epoch = step / stepsPerEpoch;
    return new Values(
        learningRate(step),
        cosine(config.weightDecay(), config.weightDecayEnd(), step, totalSteps()),
        cosine(config.teacherMomentum(), 1, step, totalSteps()),
        linear(
            config.warmupTeacherTemp(),
            config.teacherTemp(),
            epoch,
            config.warmupTeacherTempEpochs()),
        teacherPatchTemp(epoch),
        epoch >= config.freezeLastLayerEpochs());
  }

  /** The start of its warm-up until patches are masked, then the warm-up. */
  private double teacherPatchTemp(long epoch) {
    ScheduleConfig.Patches patches = config.patches();
    long masked = epoch - patches.startEpoch();
    return masked < 0
        ? patches.warmupTeacherTemp()
        : linear(
            patches.warmupTeacherTemp(),
            patches.teacherTemp(),
            masked,
            config.warmupTeacherTempEpochs());
  }

  private double learningRate(long step) {
    long warmup = config.warmupEpochs() * stepsPerEpoch;
    return step < warmup
        ? linear(0, peakRate, step, warmup)
        : cosine(peakRate, config.minLearningRate(), step - warmup, totalSteps() - warmup);
  }

  /** {@code start} at 0, {@code end} at {@code length - 1} and after; one point is the start. */
  private static double linear(double start, double end, long index, long length) {
    if (index >= length) {
      return end;
    }
    return length == 1 ? start : start + (end - start) * index / (length - 1);
  }

  private static double cosine(double start, double end, long index, long length) {
    return end + 0.5 * (start - end) * (1 + Math.cos(Math.PI * index / length));
  }
}
