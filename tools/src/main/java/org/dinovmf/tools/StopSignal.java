package org.dinovmf.tools;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.jline.utils.Signals;

/**
 * Asks a command to stop: the first Ctrl-C, SIGTERM or SIGHUP lets it come to a place where it can
 * go on later, the second Ctrl-C ends the process at once. Thread safe.
 *
 * <p>Handlers rather than a shutdown hook: a JVM that shuts down hears no further signal and has
 * lost the choice of its exit code.
 */
final class StopSignal implements AutoCloseable {

  private static final String INTERRUPT = "INT";

  /** HUP comes when the terminal is closed: the run is worth saving then, too. */
  private static final List<String> NAMES = List.of(INTERRUPT, "TERM", "HUP");

  private final AtomicBoolean isRequested = new AtomicBoolean();
  private final AtomicInteger interrupts = new AtomicInteger();
  private final Map<String, Object> previous = new LinkedHashMap<>();
  private final PrintWriter err;
  private final String rest;
  private final IntConsumer halt;

  private StopSignal(PrintWriter err, String rest, IntConsumer halt) {
    this.err = err;
    this.rest = rest;
    this.halt = halt;
  }

  /**
   * Takes the place of the JVM's own handlers until closed.
   *
   * @param err gets a line at the first signal
   * @param rest what is still done then, for this line
   */
  static StopSignal install(PrintWriter err, String rest) {
    return install(err, rest, Runtime.getRuntime()::halt);
  }

  /** The same with another way to end the process at once. */
  static StopSignal install(PrintWriter err, String rest, IntConsumer halt) {
    StopSignal stop = new StopSignal(err, rest, halt);
    for (String name : NAMES) {
      Object before = Signals.register(name, () -> stop.receive(name));
      if (before != null) { // a JVM without signals has no handler to give back
        stop.previous.put(name, before);
      }
    }
    return stop;
  }

  boolean isRequested() {
    return isRequested.get();
  }

  /** Only Ctrl-C counts as "at once": those who supervise a job send SIGTERM more than once. */
  private void receive(String name) {
    if (name.equals(INTERRUPT) && interrupts.incrementAndGet() > 1) {
      halt.accept(ExitCodes.INTERRUPTED);
    } else if (!isRequested.getAndSet(true)) {
      err.printf("Stopping: %s; Ctrl-C twice ends it at once%n", rest);
      err.flush();
    }
  }

  @Override
  public void close() {
    previous.forEach(Signals::unregister);
  }
}
