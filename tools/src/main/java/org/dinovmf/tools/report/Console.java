package org.dinovmf.tools.report;

import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.dinovmf.training.TrainListener.Report;
import org.dinovmf.training.checkpoint.Checkpoint;
import org.dinovmf.training.eval.KnnAccuracy;

/**
 * What a person sees of a run: plain lines, and on a terminal a bar below them. Results of
 * evaluations go to one stream, everything else to the other. Used from one thread.
 */
public final class Console implements AutoCloseable {

  /** Steps of a session after which its end is foretold. */
  private static final int FORECAST_STEPS = 10;

  private static final Duration LONG_RUN = Duration.ofDays(1);

  private static final int BAR_INTERVAL_MILLIS = 1000;

  /** Fits the narrowest usual terminal; a longer line would wrap and could not be rewritten. */
  private static final int BAR_COLUMNS = 79;

  private static final DateTimeFormatter LOCAL_TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT);

  private final Screen screen;
  private final boolean isTerminal;
  private final Clock clock;
  private final Optional<String> cheaperChoice;
  private Optional<ProgressBar> bar = Optional.empty();
  private Timing timing;
  private long firstStep;

  /**
   * A console over two streams.
   *
   * @param out for results
   * @param log for everything else
   * @param isTerminal whether {@code log} is one, and may show a bar
   * @param clock with the time zone of the user
   * @param cheaperChoice what to take instead where the run lasts more than a day, as the user
   *     would give it
   */
  public Console(
      PrintWriter out,
      PrintWriter log,
      boolean isTerminal,
      Clock clock,
      Optional<String> cheaperChoice) {
    this.screen = new Screen(out, log);
    this.isTerminal = isTerminal;
    this.clock = clock;
    this.cheaperChoice = cheaperChoice;
    this.timing = new Timing(clock, 0);
  }

  /** Before the first step of a session; see {@link org.dinovmf.training.TrainListener}. */
  public void started(long doneSteps, long totalSteps, long stepsPerEpoch) {
    firstStep = doneSteps;
    timing = new Timing(clock, totalSteps);
    screen.log(
        format(
            "%s %d of %d steps, %d an epoch",
            doneSteps == 0 ? "training" : "going on with the last",
            totalSteps - doneSteps,
            totalSteps,
            stepsPerEpoch));
    if (isTerminal) {
      bar = Optional.of(openBar(doneSteps, totalSteps));
    }
  }

  /** After every step. */
  public void stepped(long step) {
    timing.stepped(step);
    bar.ifPresent(shown -> shown.stepTo(step));
    if (step - firstStep == FORECAST_STEPS) {
      timing.left().ifPresent(this::forecast);
    }
  }

  /** The line of a report. */
  public void reported(Report report) {
    Quantiles kappa = Quantiles.of(report.kappa());
    double lnK = Collapse.lnK(report);
    screen.log(
        format(
                "epoch %.2f  step %d/%d  loss %.4f (ln K %.4f, gap %.4f)  teacher entropy %.4f  KL %.4f",
                report.epoch(),
                report.step(),
                report.totalSteps(),
                report.mean().loss(),
                lnK,
                lnK - report.mean().clsLoss(),
                report.mean().targetEntropy(),
                report.mean().divergence())
            + measures(report)
            + format(
                "  kappa %.3g/%.3g/%.3g/%.3g/%.3g  lr %.3g  %.1f images/s  data wait %.0f %%",
                kappa.min(),
                kappa.p10(),
                kappa.median(),
                kappa.p90(),
                kappa.max(),
                report.values().learningRate(),
                report.imagesPerSecond(),
                100 * report.waitShare())
            + (report.badImages() == 0 ? "" : format("  bad images %d", report.badImages()))
            + timing.left().map(left -> "  ETA " + Timing.words(left)).orElse(""));
  }

  private static String measures(Report report) {
    StringBuilder text = new StringBuilder();
    report.mean().details().forEach((name, value) -> text.append(format("  %s %.4f", name, value)));
    return text.toString();
  }

  /** The line of an evaluation. */
  public void evaluated(long epoch, KnnAccuracy accuracy) {
    screen.result(
        format(
            "epoch %d  %d-NN top-1 %.2f %%  top-5 %.2f %%",
            epoch, accuracy.k(), accuracy.top1(), accuracy.top5()));
  }

  /** The line of a checkpoint. */
  public void saved(Checkpoint checkpoint) {
    screen.log(format("saved step %d in '%s'", checkpoint.state().step(), checkpoint.directory()));
  }

  /** A line about the run, above the bar where there is one. */
  public void line(String text) {
    screen.log(text);
  }

  private void forecast(Duration left) {
    ZonedDateTime end = ZonedDateTime.now(clock).plus(left);
    screen.log(
        format("the whole run will end at %s, in %s", LOCAL_TIME.format(end), Timing.words(left)));
    if (left.compareTo(LONG_RUN) > 0) {
      cheaperChoice.ifPresent(
          choice -> screen.log("that is more than a day; a cheaper choice: " + choice));
    }
  }

  private ProgressBar openBar(long doneSteps, long totalSteps) {
    Timing shown = timing;
    return new ProgressBarBuilder()
        .setTaskName("train")
        .setInitialMax(totalSteps)
        .startsFrom(doneSteps, Duration.ZERO)
        .setStyle(ProgressBarStyle.ASCII)
        .setUpdateIntervalMillis(BAR_INTERVAL_MILLIS)
        .setEtaFunction(state -> shown.left())
        .setConsumer(new DelegatingProgressBarConsumer(screen::drawBar, BAR_COLUMNS))
        .build();
  }

  private static String format(String text, Object... values) {
    return String.format(Locale.ROOT, text, values);
  }

  /** Ends the bar. */
  @Override
  public void close() {
    bar.ifPresent(ProgressBar::close);
    bar = Optional.empty();
    screen.endBar();
  }
}
