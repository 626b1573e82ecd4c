package org.dinovmf.savedmodel;

/** An encoder is asked for what it does not have; the message says which one has it. */
public final class MissingAbilityException extends UnsupportedOperationException {

  private static final long serialVersionUID = 1L;

  /** With a message that says what is missing and what to do. */
  public MissingAbilityException(String message) {
    super(message);
  }
}
