package org.dinovmf.tools.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class BottleneckTest {

  @Test
  void isTheSideThatTheOtherWaitsFor() {
    assertEquals(
        "the step is the bottleneck: only 4.9 % of the time went into waiting for images",
        Bottleneck.of(0.049));
    assertEquals(
        "the input is the bottleneck: 5.0 % of the time went into waiting for images;"
            + " more --threads help, or smaller files",
        Bottleneck.of(0.05));
  }
}
