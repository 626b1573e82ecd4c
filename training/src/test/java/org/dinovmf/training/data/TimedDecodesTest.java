package org.dinovmf.training.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.dinovmf.graph.preprocessing.Channels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TimedDecodesTest {

  private static final Duration BRIEF = Duration.ofMillis(50);
  private static final DecodedImage IMAGE = new DecodedImage(1, 1, Channels.GRAY, new byte[] {1});

  private final CountDownLatch isLetGo = new CountDownLatch(1);

  private DecodedImage waiting() throws InterruptedException {
    isLetGo.await();
    return IMAGE;
  }

  @Test
  void givesUpWhenTheTimeIsOver() {
    AtomicInteger ends = new AtomicInteger();
    TimedDecodes decodes = new TimedDecodes(BRIEF, ends::incrementAndGet);
    assertThrows(BadImageException.class, () -> decodes.run(this::waiting));
    decodes.close();
    assertEquals(0, ends.get(), "one is still at work");
    isLetGo.countDown();
    while (ends.get() == 0) {
      Thread.onSpinWait();
    }
  }

  /** The clock goes on by an hour during the first wait, as it does while a process is stopped. */
  @Test
  void waitsAnewAfterTheProcessStoodStill() throws BadImageException {
    AtomicLong now = new AtomicLong();
    AtomicInteger asked = new AtomicInteger();
    TimedDecodes decodes =
        new TimedDecodes(
            BRIEF,
            () -> {},
            () -> {
              if (asked.incrementAndGet() == 2) {
                isLetGo.countDown();
                return now.addAndGet(Duration.ofHours(1).toNanos());
              }
              return now.get();
            });
    assertSame(IMAGE, decodes.run(this::waiting));
    decodes.close();
  }
}
