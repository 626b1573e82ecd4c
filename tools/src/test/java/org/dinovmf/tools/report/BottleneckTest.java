package org.dinovmf.tools.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class BottleneckTest {

  @Test
  void isTheSideThatTheOtherWaitsFor() {
    assertEquals(
        "the step is the bottleneck: only 4.9 % of the time went into waiting for images",
        Bottleneck.of(0.049));
    assertEquals(
        "the input is the bottleneck: 5.0 % of the time went into waiting for images;"
            + " smaller files help, or more --threads if there are more cores",
        Bottleneck.of(0.05));
  }

  /** The share of reports of 8 and 2 seconds is 10 %, not the mean of 12.5 % and 0. */
  @Test
  void leavesTheFirstReportOutAndWeighsByTime() {
    Bottleneck bottleneck = new Bottleneck();
    report(bottleneck, 50, 0);
    assertEquals(Optional.empty(), bottleneck.news());
    report(bottleneck, 8, 0.125);
    report(bottleneck, 2, 0);
    assertEquals(Optional.of(Bottleneck.of(0.1)), bottleneck.news());
    assertEquals(Optional.empty(), bottleneck.news());
    report(bottleneck, 90, 0);
    assertEquals(Optional.of(Bottleneck.of(0.01)), bottleneck.news());
  }

  private static void report(Bottleneck bottleneck, int seconds, double waitShare) {
    for (int i = 0; i < seconds; i++) {
      bottleneck.stepped(1);
    }
    bottleneck.reported(waitShare);
  }
}
