package org.dinovmf.tools.report;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * How long a run still takes, by the mean time of this session's steps with all that happens
 * between them. The first step is left out: TensorFlow prepares the graph in it. Thread safe.
 */
public final class Timing {

  private final Clock clock;
  private final long totalSteps;
  private long baseStep = -1;
  private long step = -1;
  private Instant base = Instant.EPOCH;
  private Instant now = Instant.EPOCH;

  Timing(Clock clock, long totalSteps) {
    this.clock = clock;
    this.totalSteps = totalSteps;
  }

  /** Notes the time of a step that is done. */
  synchronized void stepped(long doneSteps) {
    now = clock.instant();
    step = doneSteps;
    if (baseStep < 0) {
      base = now;
      baseStep = doneSteps;
    }
  }

  /** From the last step to the end of the run; nothing before the second step. */
  synchronized Optional<Duration> left() {
    if (step <= baseStep) {
      return Optional.empty();
    }
    double millisPerStep = (double) Duration.between(base, now).toMillis() / (step - baseStep);
    return Optional.of(Duration.ofMillis(Math.round(millisPerStep * (totalSteps - step))));
  }

  /** Two units, such as {@code 3 h 07 min}. */
  public static String words(Duration duration) {
    long seconds = Math.round(duration.toMillis() / 1e3);
    if (seconds < 60) {
      return String.format(Locale.ROOT, "%d s", seconds);
    }
    if (seconds < 3600) {
      return String.format(Locale.ROOT, "%d min %02d s", seconds / 60, seconds % 60);
    }
    long minutes = Math.round(seconds / 60.0);
    if (minutes < 24 * 60) {
      return String.format(Locale.ROOT, "%d h %02d min", minutes / 60, minutes % 60);
    }
    long hours = Math.round(minutes / 60.0);
    return String.format(Locale.ROOT, "%d d %02d h", hours / 24, hours % 24);
  }
}
