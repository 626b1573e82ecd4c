package org.dinovmf.savedmodel;

/** Messages of others, whose further lines are of no use to the reader of ours. */
final class Lines {

  private Lines() {}

  /** The first line of an exception's message, or its type where it has none. */
  static String first(Throwable fault) {
    String message = fault.getMessage();
    return message == null
        ? fault.getClass().getSimpleName()
        : message.lines().findFirst().orElse("");
  }
}
