package org.dinovmf.training.data;

import java.io.IOException;

/**
 * One file is no image that can be used: truncated, damaged, too large, or of another kind than its
 * header says. The message is the reason alone, one line without the path.
 */
public final class BadImageException extends IOException {

  public BadImageException(String reason) {
    super(reason);
  }

  public BadImageException(String reason, Throwable cause) {
    super(reason, cause);
  }
}
