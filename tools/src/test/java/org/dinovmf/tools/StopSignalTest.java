package org.dinovmf.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sends this JVM real signals. */
@Timeout(60)
class StopSignalTest {

  private static final int SIGINT = 2;

  private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
  private final BlockingQueue<Integer> halts = new LinkedBlockingQueue<>();

  /** A shell starts what it puts into the background with SIGINT ignored, and a JVM keeps that. */
  @BeforeAll
  static void requireInterrupts() throws IOException {
    Path status = Path.of("/proc/self/status"); // Linux alone has it
    if (Files.isReadable(status)) {
      String ignored =
          Files.readAllLines(status).stream()
              .filter(line -> line.startsWith("SigIgn:"))
              .map(line -> line.substring("SigIgn:".length()).strip())
              .findFirst()
              .orElseThrow();
      assumeFalse(
          (Long.parseUnsignedLong(ignored, 16) >> (SIGINT - 1) & 1) == 1,
          "this process was started with SIGINT ignored, as by 'mvn verify &' in a script");
    }
  }

  @Test
  void firstInterruptAsksToStopAndSecondEndsTheProcess() throws Exception {
    try (StopSignal signal =
        StopSignal.install(SentSignals.into(messages), "all is kept", halts::add)) {
      assertFalse(signal.isRequested());
      SentSignals.send("INT");
      assertEquals("Stopping: all is kept; Ctrl-C twice ends it at once", messages.take().strip());
      assertTrue(signal.isRequested());
      assertTrue(halts.isEmpty());
      SentSignals.send("INT");
      assertEquals(ExitCodes.INTERRUPTED, halts.take());
      assertTrue(messages.isEmpty(), "the second Ctrl-C says nothing more");
    }
  }

  @Test
  void terminationAsksToStopUntilClosed() throws Exception {
    BlockingQueue<String> before = new LinkedBlockingQueue<>();
    try (StopSignal outer =
        StopSignal.install(SentSignals.into(before), "all is kept", halts::add)) {
      try (StopSignal signal =
          StopSignal.install(SentSignals.into(messages), "all is kept", halts::add)) {
        SentSignals.send("TERM");
        messages.take();
        assertTrue(signal.isRequested());
      }
      SentSignals.send("HUP");
      before.take(); // the handler from before is back
      assertTrue(outer.isRequested());
      assertTrue(messages.isEmpty());
      assertTrue(halts.isEmpty());
    }
  }
}
