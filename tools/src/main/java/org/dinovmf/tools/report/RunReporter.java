package org.dinovmf.tools.report;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import org.dinovmf.training.TrainListener;
import org.dinovmf.training.checkpoint.Checkpoint;
import org.dinovmf.training.data.Batch;
import org.dinovmf.training.eval.KnnAccuracy;

/**
 * Writes what a run tells to the console and to {@link RunFiles}, and has the teacher evaluated
 * after some epochs. Owns the files and the console.
 */
public final class RunReporter implements TrainListener, AutoCloseable {

  /**
   * What a run wants of its reporter.
   *
   * @param doneSteps steps that earlier sessions did and that stand; 0 for a new run
   * @param warmupEpochs epochs in which a uniform teacher is no matter of concern
   * @param evaluateEpochs the teacher is evaluated after each so many, and at the end
   */
  public record Settings(long doneSteps, double warmupEpochs, int evaluateEpochs) {

    public Settings {
      if (doneSteps < 0 || !(warmupEpochs >= 0) || evaluateEpochs < 1) {
        throw new IllegalArgumentException(
            "a reporter needs doneSteps >= 0, warmupEpochs >= 0 and evaluateEpochs >= 1: doneSteps=%d, warmupEpochs=%s, evaluateEpochs=%d"
                .formatted(doneSteps, warmupEpochs, evaluateEpochs));
      }
    }
  }

  private final Settings settings;
  private final Console console;
  private final Evaluation evaluation;
  private final Collapse collapse;
  private final RunFiles files;
  private final Bottleneck bottleneck = new Bottleneck();
  private long totalSteps;

  /**
   * Opens the files of a run, whose folder exists.
   *
   * @param console closed with this
   * @param clock wall time of the events
   */
  public RunReporter(
      Path run, Settings settings, Console console, Evaluation evaluation, Clock clock)
      throws IOException {
    this.settings = settings;
    this.console = console;
    this.evaluation = evaluation;
    this.collapse = new Collapse(settings.warmupEpochs());
    this.files = RunFiles.open(run, settings.doneSteps(), clock);
  }

  @Override
  public void started(long firstStep, long allSteps, long stepsPerEpoch) {
    totalSteps = allSteps;
    console.started(firstStep, allSteps, stepsPerEpoch);
  }

  @Override
  public void firstBatch(Batch batch) {
    files.firstBatch(batch);
  }

  @Override
  public void stepped(long step, long allSteps, double seconds, double waitSeconds) {
    console.stepped(step);
    bottleneck.stepped(seconds);
  }

  @Override
  public void reported(Report report) {
    console.reported(report);
    bottleneck.reported(report.waitShare());
    collapse.watch(report).ifPresent(console::line);
    files.reported(report);
  }

  @Override
  public void epochEnded(long epoch, long step) throws IOException {
    bottleneck.news().ifPresent(console::line);
    if (epoch % settings.evaluateEpochs() != 0 && step != totalSteps) {
      return;
    }
    Optional<KnnAccuracy> accuracy = evaluation.evaluate();
    if (accuracy.isPresent()) {
      console.evaluated(epoch, accuracy.get());
      files.evaluated(epoch, step, accuracy.get());
    }
  }

  @Override
  public void saved(Checkpoint checkpoint) {
    console.saved(checkpoint);
  }

  @Override
  public void close() throws IOException {
    console.close();
    files.close();
  }
}
