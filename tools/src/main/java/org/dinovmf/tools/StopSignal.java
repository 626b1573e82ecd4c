package org.dinovmf.tools;

import java.io.PrintWriter;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jline.utils.Signals;

/**
 * Asks a run to stop: the first Ctrl-C or SIGTERM lets it finish its step and save, the second ends
 * the process at once.
 */
final class StopSignal {

  private final AtomicBoolean isRequested = new AtomicBoolean();
  private final PrintWriter err;

  private StopSignal(PrintWriter err) {
    this.err = err;
  }

  /** Takes the place of the JVM's own handlers. */
  static StopSignal install(PrintWriter err) {
    StopSignal stop = new StopSignal(err);
    for (String name : new String[] {"INT", "TERM"}) {
      Signals.register(name, stop::receive);
    }
    return stop;
  }

  boolean isRequested() {
    return isRequested.get();
  }

  private void receive() {
    if (isRequested.getAndSet(true)) {
      Runtime.getRuntime().halt(ExitCodes.INTERRUPTED);
    }
    err.println("Stopping: the step is finished and saved; once more ends it at once");
    err.flush();
  }
}
