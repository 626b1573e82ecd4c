package org.dinovmf.training.weights;

/** Words of a file that nobody vouches for, in messages. */
final class Texts {

  private static final int MAX_LENGTH = 80;

  private Texts() {}

  /** One line of bounded length. */
  static String line(String text) {
    String start = text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH) + "...";
    return start.replaceAll("\\p{Cntrl}", "?");
  }
}
