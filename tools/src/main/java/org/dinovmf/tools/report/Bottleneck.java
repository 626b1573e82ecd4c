package org.dinovmf.tools.report;

import java.util.Locale;
import java.util.Optional;

/** Which side of a training holds the other up: images or steps. */
public final class Bottleneck {

  /** Ours: below it, a faster input would not be noticed. */
  private static final double NOTICEABLE = 0.05;

  private static final double PERCENT = 100;

  private double seconds;
  private double waited;
  private double secondsSinceReport;
  private boolean isFirstReport = true;
  private Optional<Boolean> told = Optional.empty();

  /** Notes the time of a step with its wait. */
  void stepped(double stepSeconds) {
    secondsSinceReport += stepSeconds;
  }

  /**
   * Notes the share that was waited of the steps since the last report. The first report of a
   * session is left out: TensorFlow prepares the graph in it, while images pile up.
   */
  void reported(double waitShare) {
    if (!isFirstReport) {
      seconds += secondsSinceReport;
      waited += waitShare * secondsSinceReport;
    }
    isFirstReport = false;
    secondsSinceReport = 0;
  }

  /** The line for people, if it is another side than was told last. */
  Optional<String> news() {
    if (seconds == 0) {
      return Optional.empty();
    }
    double share = waited / seconds;
    Optional<Boolean> isInput = Optional.of(isInput(share));
    if (isInput.equals(told)) {
      return Optional.empty();
    }
    told = isInput;
    return Optional.of(of(share));
  }

  /**
   * One line for people.
   *
   * @param waitShare share of the time that was waited for data, 0 to 1
   */
  public static String of(double waitShare) {
    String format =
        isInput(waitShare)
            ? "the input is the bottleneck: %.1f %% of the time went into waiting for images;"
                + " smaller files help, or more --threads if there are more cores"
            : "the step is the bottleneck: only %.1f %% of the time went into waiting for images";
    return String.format(Locale.ROOT, format, PERCENT * waitShare);
  }

  private static boolean isInput(double waitShare) {
    return waitShare >= NOTICEABLE;
  }
}
