package org.dinovmf.tools.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import org.dinovmf.training.TrainListener.Report;
import org.dinovmf.training.data.Batch;
import org.dinovmf.training.eval.KnnAccuracy;

/**
 * What is kept of a run's course: {@link MetricsFile}, and an {@link EventFile} in {@code
 * RUN/tensorboard}. Listeners may not throw checked exceptions, and so neither does this.
 */
public final class RunFiles implements AutoCloseable {

  /** The folder of the event files in that of a run. */
  public static final String EVENT_FOLDER = "tensorboard";

  private final Path run;
  private final long doneSteps;
  private final MetricsFile metrics;
  private final EventFile events;

  private RunFiles(Path run, long doneSteps, MetricsFile metrics, EventFile events) {
    this.run = run;
    this.doneSteps = doneSteps;
    this.metrics = metrics;
    this.events = events;
  }

  /**
   * Opens the files of a run, whose folder exists.
   *
   * @param doneSteps steps that earlier sessions did and that stand; 0 for a new run
   * @param clock wall time of the events
   */
  public static RunFiles open(Path run, long doneSteps, Clock clock) throws IOException {
    MetricsFile metrics = MetricsFile.open(run, doneSteps);
    try {
      EventFile events = EventFile.create(run.resolve(EVENT_FOLDER), doneSteps, clock);
      return new RunFiles(run, doneSteps, metrics, events);
    } catch (IOException e) {
      metrics.close();
      throw e;
    }
  }

  /** Keeps the crops of the first batch. */
  public void firstBatch(Batch batch) {
    write(
        () -> {
          ContactSheet sheet = ContactSheet.of(batch);
          events.image(doneSteps, "crops", sheet.width(), sheet.height(), sheet.png());
        });
  }

  /** Keeps a report. */
  public void reported(Report report) {
    write(
        () -> {
          metrics.report(report);
          events.scalars(report.step(), scalars(report));
          events.histogram(report.step(), "prototypes/kappa", report.kappa());
        });
  }

  /** Keeps an evaluation after an epoch; accuracies are percent. */
  public void evaluated(long epoch, long step, KnnAccuracy accuracy) {
    write(
        () -> {
          metrics.evaluation(epoch, step, accuracy);
          events.scalars(
              step, Map.of("eval/knn_top1", accuracy.top1(), "eval/knn_top5", accuracy.top5()));
        });
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
    try (metrics) {
      events.close();
    }
  }
}
