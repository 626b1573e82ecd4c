package org.dinovmf.tools.report;

import java.util.Locale;

/** Which side of a training holds the other up: images or steps. */
public final class Bottleneck {

  /** Ours: below it, a faster input would not be noticed. */
  private static final double NOTICEABLE = 0.05;

  private static final double PERCENT = 100;

  private Bottleneck() {}

  /**
   * One line for people.
   *
   * @param waitShare share of the time that was waited for data, 0 to 1
   */
  public static String of(double waitShare) {
    String format =
        waitShare < NOTICEABLE
            ? "the step is the bottleneck: only %.1f %% of the time went into waiting for images"
            : "the input is the bottleneck: %.1f %% of the time went into waiting for images;"
                + " more --threads help, or smaller files";
    return String.format(Locale.ROOT, format, PERCENT * waitShare);
  }
}
