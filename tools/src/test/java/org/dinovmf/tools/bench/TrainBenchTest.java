package org.dinovmf.tools.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TrainBenchTest {

  private static final long SECOND = 1_000_000_000L;

  /** Steps of 9, 9, 1, 2 and 3 seconds, of which the last three are timed. */
  @Test
  void leavesOutTheFirstSteps() {
    AtomicLong now = new AtomicLong(5 * SECOND);
    TrainBench bench = new TrainBench(2, 3, now::get);
    step(bench, 1, now, 9, 0.9);
    step(bench, 2, now, 9, 0.9);
    step(bench, 3, now, 1, 0.5);
    step(bench, 4, now, 2, 0);
    assertFalse(bench.isDone());
    step(bench, 5, now, 3, 0.25);
    assertTrue(bench.isDone());
    assertEquals(2, bench.secondsPerStep(), 1e-12);
    assertEquals((0.5 + 0.75) / 6, bench.waitShare(), 1e-12);
  }

  private static void step(
      TrainBench bench, long step, AtomicLong now, long seconds, double waitShare) {
    now.addAndGet(seconds * SECOND);
    bench.stepped(step, 100, (double) seconds, waitShare * seconds);
  }
}
