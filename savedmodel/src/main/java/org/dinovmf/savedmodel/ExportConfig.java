package org.dinovmf.savedmodel;

import java.util.Optional;

/**
 * What can be chosen at an export.
 *
 * @param sizes of the pixels that the model takes
 * @param classifier that the model has beside the encoder
 */
public record ExportConfig(Sizes sizes, Optional<LinearClassifier> classifier) {

  /** The encoder alone, for pixels of given sizes. */
  public static ExportConfig of(Sizes sizes) {
    return new ExportConfig(sizes, Optional.empty());
  }

  /** What servers and converters take without further thought. */
  public static ExportConfig standard() {
    return of(Sizes.FIXED);
  }
}
