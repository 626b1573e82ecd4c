package org.dinovmf.tools.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The demonstration's result: accuracy of 20-NN in percent for three kinds of features.
 *
 * @param raw pixels
 * @param untrained the encoder before its first step
 * @param trained the teacher at the end
 */
record DemoTable(Row raw, Row untrained, Row trained) {

  private static final double MIN_GAIN = 10;
  private static final double MIN_GAIN_MOVED = 20;

  /**
   * Accuracy of one kind of features.
   *
   * @param asTheyAre on the test images, percent
   * @param moved on the moved test images, percent
   */
  record Row(String name, double asTheyAre, double moved) {}

  List<Row> rows() {
    return List.of(raw, untrained, trained);
  }

  /** The table for a terminal. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(Locale.ROOT, "%-20s %12s %8s", "20-NN accuracy, %", "as they are", "moved"));
    for (Row row : rows()) {
      lines.add(
          String.format(
              Locale.ROOT, "%-20s %12.1f %8.1f", row.name(), row.asTheyAre(), row.moved()));
    }
    return lines;
  }

  /** What a run that works must reach, as one line for each gate that was missed. */
  List<String> missedGates() {
    List<String> missed = new ArrayList<>();
    check(
        missed,
        "trained beats untrained as they are",
        trained.asTheyAre() - untrained.asTheyAre(),
        MIN_GAIN);
    check(
        missed,
        "trained beats untrained on moved images",
        trained.moved() - untrained.moved(),
        MIN_GAIN_MOVED);
    check(missed, "trained beats raw pixels on moved images", trained.moved() - raw.moved(), 0);
    return missed;
  }

  private static void check(List<String> missed, String claim, double gain, double least) {
    if (!(gain > 0 && gain >= least)) {
      missed.add(
          String.format(
              Locale.ROOT,
              "%s by %.1f points, but at least %.0f were expected",
              claim,
              gain,
              least));
    }
  }
}
