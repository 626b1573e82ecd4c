package org.dinovmf.training.data;

/**
 * The images given cannot be used as asked; the message says in one line what was found and what to
 * do. The command line ends with exit code 3.
 */
public final class DataException extends RuntimeException {

  public DataException(String message) {
    super(message);
  }

  public DataException(String message, Throwable cause) {
    super(message, cause);
  }
}
