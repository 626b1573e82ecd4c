package org.dinovmf.savedmodel;

/**
 * What can be chosen at an export.
 *
 * @param sizes of the pixels that the model takes
 */
public record ExportConfig(Sizes sizes) {

  /** What servers and converters take without further thought. */
  public static ExportConfig standard() {
    return new ExportConfig(Sizes.FIXED);
  }
}
