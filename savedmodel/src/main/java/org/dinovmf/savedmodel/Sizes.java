package org.dinovmf.savedmodel;

import java.util.Locale;

/** Which sides of the pixels an exported model takes; whole image files are of any size anyhow. */
public enum Sizes {
  /** That of the evaluation alone: servers batch equal requests, and converters want it so. */
  FIXED,
  /** Any that the patch divides; the positions are computed for each call. */
  ANY;

  /** {@code fixed}, as an option value. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
