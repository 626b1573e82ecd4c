package org.dinovmf.tools;

import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Sides of squares that are cut into patches. */
final class WholePatches {

  private WholePatches() {}

  /**
   * Refuses a side that the patch does not divide as a wrong argument.
   *
   * @param option that gave the side
   * @param side pixels
   */
  static void require(String option, int side, int patch, CommandLine commandLine) {
    if (side >= patch && side % patch == 0) {
      return;
    }
    long below = (long) side / patch * patch;
    String advice = below < patch ? "" + patch : "%d or %d".formatted(below, below + patch);
    throw new ParameterException(
        commandLine,
        "%s must be a multiple of the patch size %d, but is %d; use %s"
            .formatted(option, patch, side, advice));
  }
}
