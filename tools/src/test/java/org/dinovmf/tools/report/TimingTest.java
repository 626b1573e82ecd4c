package org.dinovmf.tools.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimingTest {

  private final SteppedClock clock = new SteppedClock(Instant.EPOCH, ZoneOffset.UTC);

  @Test
  void knowsNothingAfterOneStep() {
    Timing timing = new Timing(clock, 100);
    timing.stepped(1);
    assertEquals(Optional.empty(), timing.left());
  }

  @Test
  void leavesOutTheFirstStep() {
    Timing timing = new Timing(clock, 100);
    clock.advance(Duration.ofMinutes(5)); // the graph is prepared
    timing.stepped(1);
    clock.advance(Duration.ofSeconds(2));
    timing.stepped(2);
    assertEquals(Optional.of(Duration.ofSeconds(2 * 98)), timing.left());
  }

  @Test
  void countsWhatHappensBetweenSteps() {
    Timing timing = new Timing(clock, 10);
    timing.stepped(4);
    clock.advance(Duration.ofSeconds(1));
    timing.stepped(5);
    clock.advance(Duration.ofSeconds(3)); // an evaluation
    timing.stepped(6);
    assertEquals(Optional.of(Duration.ofSeconds(2 * 4)), timing.left());
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0 s",
    "59, 59 s",
    "60, 1 min 00 s",
    "3599, 59 min 59 s",
    "3600, 1 h 00 min",
    "11220, 3 h 07 min",
    "86399, 1 d 00 h",
    "187200, 2 d 04 h",
  })
  void saysDurationsInTwoUnits(long seconds, String words) {
    assertEquals(words, Timing.words(Duration.ofSeconds(seconds)));
  }
}
