package org.dinovmf.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/** Real signals to this JVM, and what it says of them. */
final class SentSignals {

  private SentSignals() {}

  static void send(String signal) throws IOException, InterruptedException {
    Process kill =
        new ProcessBuilder("kill", "-" + signal, Long.toString(ProcessHandle.current().pid()))
            .inheritIO()
            .start();
    assertTrue(kill.waitFor(30, TimeUnit.SECONDS));
    assertEquals(0, kill.exitValue());
  }

  /** Hands on what was written at each flush. */
  static PrintWriter into(BlockingQueue<String> lines) {
    return new PrintWriter(
        new Writer() {
          private final StringBuilder pending = new StringBuilder();

          @Override
          public void write(char[] text, int offset, int length) {
            pending.append(text, offset, length);
          }

          @Override
          public void flush() {
            lines.add(pending.toString());
            pending.setLength(0);
          }

          @Override
          public void close() {}
        });
  }
}
