package org.dinovmf.tools.demo;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.dinovmf.training.TrainListener;
import org.dinovmf.training.checkpoint.Checkpoint;
import org.dinovmf.training.data.Batch;

/** Times the second half of a few steps; the first are slower, since buffers are taken then. */
final class DemoTiming implements TrainListener {

  private final double[] seconds;
  private int steps;

  DemoTiming(int timedSteps) {
    seconds = new double[2 * timedSteps];
  }

  boolean isDone() {
    return steps >= seconds.length;
  }

  /** Median over the timed steps. */
  double secondsPerStep() {
    double[] timed =
        Arrays.copyOfRange(
            seconds, Math.min(steps, seconds.length) / 2, Math.min(steps, seconds.length));
    Arrays.sort(timed);
    return timed[timed.length / 2];
  }

  static void delete(Path folder) throws IOException {
    MoreFiles.deleteRecursively(folder, RecursiveDeleteOption.ALLOW_INSECURE);
  }

  @Override
  public void started(long firstStep, long totalSteps, long stepsPerEpoch) {}

  @Override
  public void firstBatch(Batch batch) {}

  @Override
  public void stepped(long step, long totalSteps, double stepSeconds, double waitSeconds) {
    if (!isDone()) {
      seconds[steps++] = stepSeconds;
    }
  }

  @Override
  public void reported(Report report) {}

  @Override
  public void epochEnded(long epoch, long step) {}

  @Override
  public void saved(Checkpoint checkpoint) {}
}
