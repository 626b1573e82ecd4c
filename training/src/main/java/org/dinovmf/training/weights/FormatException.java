package org.dinovmf.training.weights;

import java.io.IOException;

/** A file of weights breaks its format; the message says how, without the file's name. */
final class FormatException extends IOException {

  FormatException(String message) {
    super(message);
  }

  FormatException(String message, Throwable cause) {
    super(message, cause);
  }
}
