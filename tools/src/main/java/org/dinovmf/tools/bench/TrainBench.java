package org.dinovmf.tools.bench;

import java.util.function.LongSupplier;
import org.dinovmf.training.TrainListener;
import org.dinovmf.training.checkpoint.Checkpoint;
import org.dinovmf.training.data.Batch;

/** Times a training from a step on, with all that it does in between; stops it at another. */
final class TrainBench implements TrainListener {

  private static final double NANOS = 1e9;

  private final long warmup;
  private final long steps;
  private final LongSupplier nanoTime;
  private long done;
  private long begin;
  private long end;
  private double waited;

  /**
   * Watches a training.
   *
   * @param warmup steps that are not timed, at least 1
   * @param steps that are
   */
  TrainBench(long warmup, long steps, LongSupplier nanoTime) {
    this.warmup = warmup;
    this.steps = steps;
    this.nanoTime = nanoTime;
  }

  @Override
  public void started(long firstStep, long totalSteps, long stepsPerEpoch) {}

  @Override
  public void firstBatch(Batch batch) {}

  @Override
  public void stepped(long step, long totalSteps, double seconds, double waitSeconds) {
    done = step;
    end = nanoTime.getAsLong();
    if (step > warmup) {
      waited += waitSeconds;
    } else {
      begin = end;
    }
  }

  @Override
  public void reported(Report report) {}

  @Override
  public void epochEnded(long epoch, long step) {}

  @Override
  public void saved(Checkpoint checkpoint) {}

  boolean isDone() {
    return done >= warmup + steps;
  }

  double secondsPerStep() {
    return (end - begin) / NANOS / Math.max(1, done - warmup);
  }

  /** Share of the time that was waited for data. */
  double waitShare() {
    return waited * NANOS / Math.max(1, end - begin);
  }
}
