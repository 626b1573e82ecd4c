package org.dinovmf.tools.demo;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.dinovmf.tools.report.RunFiles;
import org.dinovmf.training.TrainListener;
import org.dinovmf.training.checkpoint.Checkpoint;
import org.dinovmf.training.data.Batch;

/** Prints a line now and then, and keeps what the page and a report of the run show. */
final class DemoProgress implements TrainListener {

  private static final int LINES = 10;

  private final PrintWriter out;
  private final RunFiles files;
  private final List<Report> reports = new ArrayList<>();
  private Optional<Batch> firstBatch = Optional.empty();
  private double seconds;

  /** Writes to a stream and to files, which stay the caller's. */
  DemoProgress(PrintWriter out, RunFiles files) {
    this.out = out;
    this.files = files;
  }

  /** Every report of the run, oldest first. */
  List<Report> reports() {
    return List.copyOf(reports);
  }

  /** The first batch, as the network saw it. */
  Batch batch() {
    return firstBatch.orElseThrow();
  }

  /** Seconds spent in steps, waiting for data included. */
  double seconds() {
    return seconds;
  }

  @Override
  public void started(long firstStep, long totalSteps, long stepsPerEpoch) {
    out.printf(
        Locale.ROOT, "  %,d steps, %,d of them an epoch%n", totalSteps - firstStep, stepsPerEpoch);
    out.flush();
  }

  @Override
  public void firstBatch(Batch batch) {
    firstBatch = Optional.of(batch);
    files.firstBatch(batch);
  }

  @Override
  public void stepped(long step, long totalSteps, double stepSeconds, double waitSeconds) {
    seconds += stepSeconds;
  }

  @Override
  public void reported(Report report) {
    reports.add(report);
    files.reported(report);
    long total = report.totalSteps();
    long stepsBefore = reports.size() < 2 ? 0 : reports.get(reports.size() - 2).step();
    if (report.step() * LINES / total > stepsBefore * LINES / total) {
      double left = seconds * (total - report.step()) / report.step();
      out.printf(
          Locale.ROOT,
          "  %3d %%  step %,6d  loss %.3f  teacher entropy %.3f  KL %.3f  %,.0f images/s  %.0f s left%n",
          report.step() * 100 / total,
          report.step(),
          report.mean().loss(),
          report.mean().targetEntropy(),
          report.mean().divergence(),
          report.imagesPerSecond(),
          left);
      out.flush();
    }
  }

  @Override
  public void epochEnded(long epoch, long step) {}

  @Override
  public void saved(Checkpoint checkpoint) {}
}
