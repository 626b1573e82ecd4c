package org.dinovmf.tools;

/** Text for a terminal, which obeys some characters. */
final class Terminal {

  private Terminal() {}

  /**
   * Replaces what is no text in a line: control characters of 7 and 8 bits, what turns the
   * direction of writing or is not seen, and ends of lines. Names in a file of others may hold
   * these.
   */
  static String harmless(String line) {
    return line.replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]", "?");
  }
}
