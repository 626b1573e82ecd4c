package org.dinovmf.tools.report;

/** Text for a terminal, which obeys some characters. */
public final class Terminal {

  private Terminal() {}

  /**
   * Replaces what is no text in a line: control characters of 7 and 8 bits, what turns the
   * direction of writing or is not seen, ends of lines, and halves of characters, which no file can
   * hold. Names in a file of others may hold these.
   */
  public static String harmless(String line) {
    return line.replaceAll("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]", "?");
  }
}
