package org.dinovmf.tools.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.dinovmf.training.TrainListener;
import org.dinovmf.training.checkpoint.Checkpoint;
import org.dinovmf.training.data.Batch;
import org.dinovmf.training.eval.KnnAccuracy;

/**
 * Writes what a run tells to the console, to {@link MetricsFile} and to an {@link EventFile} in
 * {@code RUN/tensorboard}, and has the teacher evaluated after some epochs. Owns the files and the
 * console.
 */
public final class RunReporter implements TrainListener, AutoCloseable {

  /** The folder of the event files in that of a run. */
  public static final String EVENT_FOLDER = "tensorboard";

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
  private final Path run;
  private final MetricsFile metrics;
  private final EventFile events;
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
    this.run = run;
    this.settings = settings;
    this.console = console;
    this.evaluation = evaluation;
    this.collapse = new Collapse(settings.warmupEpochs());
    this.metrics = MetricsFile.open(run, settings.doneSteps());
    try {
      this.events = EventFile.create(run.resolve(EVENT_FOLDER), settings.doneSteps(), clock);
    } catch (IOException e) {
      metrics.close();
      throw e;
    }
  }

  @Override
  public void started(long firstStep, long allSteps, long stepsPerEpoch) {
    totalSteps = allSteps;
    console.started(firstStep, allSteps, stepsPerEpoch);
  }

  @Override
  public void firstBatch(Batch batch) {
    write(
        () -> {
          ContactSheet sheet = ContactSheet.of(batch);
          events.image(settings.doneSteps(), "crops", sheet.width(), sheet.height(), sheet.png());
        });
  }

  @Override
  public void stepped(long step, long allSteps, double seconds) {
    console.stepped(step);
    bottleneck.stepped(seconds);
  }

  @Override
  public void reported(Report report) {
    console.reported(report);
    bottleneck.reported(report.waitShare());
    collapse.watch(report).ifPresent(console::line);
    write(
        () -> {
          metrics.report(report);
          events.scalars(report.step(), scalars(report));
          events.histogram(report.step(), "prototypes/kappa", report.kappa());
        });
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
      write(
          () -> {
            metrics.evaluation(epoch, step, accuracy.get());
            events.scalars(
                step,
                Map.of(
                    "eval/knn_top1", accuracy.get().top1(),
                    "eval/knn_top5", accuracy.get().top5()));
          });
    }
  }

  @Override
  public void saved(Checkpoint checkpoint) {
    console.saved(checkpoint);
  }

  private static Map<String, Double> scalars(Report report) {
    Map<String, Double> values = new LinkedHashMap<>();
    values.put("train/loss", report.mean().loss());
    report.mean().details().forEach((name, value) -> values.put("train/" + name, value));
    values.put("train/grad_norm", report.mean().gradientNorm());
    values.put("schedule/lr", report.values().learningRate());
    values.put("schedule/weight_decay", report.values().weightDecay());
    values.put("schedule/teacher_momentum", report.values().teacherMomentum());
    values.put("schedule/teacher_temp", report.values().teacherTemp());
    values.put("collapse/ln_k_gap", Collapse.lnK(report) - report.mean().clsLoss());
    values.put("collapse/teacher_entropy", report.mean().targetEntropy());
    values.put("collapse/kl", report.mean().divergence());
    report.mean().health().forEach((name, value) -> values.put("health/" + name, value));
    values.put("perf/images_per_s", report.imagesPerSecond());
    values.put("perf/data_wait", report.waitShare());
    return values;
  }

  private interface Write {
    void run() throws IOException;
  }

  /** A listener may not throw checked exceptions. */
  private void write(Write write) {
    try {
      write.run();
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot write the reports of the run in '%s': %s".formatted(run, e.getMessage()), e);
    }
  }

  @Override
  public void close() throws IOException {
    console.close();
    try (metrics) {
      events.close();
    }
  }
}
