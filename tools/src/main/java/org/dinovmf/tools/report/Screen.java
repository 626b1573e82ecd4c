package org.dinovmf.tools.report;

import java.io.PrintWriter;

/**
 * Lines that scroll above one that stays: the bar, which is rewritten in place. Thread safe, for a
 * bar is drawn by a thread of its own.
 */
final class Screen {

  /** Back to the first column, and everything right of it is cleared (ECMA-48, EL). */
  private static final String CLEAR = "\r\u001b[K";

  private final PrintWriter out;
  private final PrintWriter log;
  private String bar = "";

  /**
   * A screen over two streams, which may both be the same terminal.
   *
   * @param log also holds the bar
   */
  Screen(PrintWriter out, PrintWriter log) {
    this.out = out;
    this.log = log;
  }

  /** A line of what the run was for. */
  void result(String line) {
    print(out, line);
  }

  /** A line about the run itself. */
  void log(String line) {
    print(log, line);
  }

  synchronized void drawBar(String text) {
    bar = text;
    log.print(CLEAR + text);
    log.flush();
  }

  /** Leaves the bar as it is and goes on below it. */
  synchronized void endBar() {
    if (!bar.isEmpty()) {
      bar = "";
      log.println();
      log.flush();
    }
  }

  private synchronized void print(PrintWriter target, String line) {
    if (!bar.isEmpty()) {
      log.print(CLEAR);
      log.flush();
    }
    target.println(line);
    target.flush();
    if (!bar.isEmpty()) {
      log.print(bar);
      log.flush();
    }
  }
}
