package org.dinovmf.training.checkpoint;

import java.io.IOException;

/** A checkpoint cannot be used; the message says which, why and what to do. */
public final class CheckpointException extends IOException {

  public CheckpointException(String message) {
    super(message);
  }

  public CheckpointException(String message, Throwable cause) {
    super(message, cause);
  }
}
