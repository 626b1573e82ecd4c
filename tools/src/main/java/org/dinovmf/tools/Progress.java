package org.dinovmf.tools;

import java.io.PrintWriter;
import java.util.function.IntConsumer;

/** Plain lines about how far a loop over images is. */
final class Progress {

  /** A line for each tenth. */
  private static final int LINES = 10;

  private Progress() {}

  static IntConsumer lines(PrintWriter out, int total) {
    return lines(out, "images", total);
  }

  /** About other things than images. */
  static IntConsumer lines(PrintWriter out, String things, int total) {
    int[] printed = {0};
    return done -> {
      int tenth = (int) ((long) done * LINES / total);
      if (tenth > printed[0]) {
        printed[0] = tenth;
        out.printf("%d of %d %s%n", done, total, things);
        out.flush();
      }
    };
  }
}
