package org.dinovmf.tools.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TimingsTest {

  @Test
  void quantilesAreThoseOfNumPy() {
    AtomicLong now = new AtomicLong();
    Timings timings = new Timings(now::get);
    for (long seconds : new long[] {5, 1, 4, 2}) {
      timings.time(() -> now.addAndGet(seconds * 1_000_000_000));
    }
    assertEquals(3, timings.median(), 1e-12);
    assertEquals(1.3, timings.quantile(0.1), 1e-12);
    assertEquals(4.7, timings.quantile(0.9), 1e-12);
  }
}
