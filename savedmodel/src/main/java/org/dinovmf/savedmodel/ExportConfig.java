package org.dinovmf.savedmodel;

import java.util.Optional;

/**
 * What can be chosen at an export.
 *
 * @param sizes of the pixels that the model takes
 * @param weights how the model keeps its weights
 * @param classifier that the model has beside the encoder
 */
public record ExportConfig(Sizes sizes, WeightType weights, Optional<LinearClassifier> classifier) {

  /** The encoder alone, for pixels of given sizes, with its weights as they were trained. */
  public static ExportConfig of(Sizes sizes) {
    return new ExportConfig(sizes, WeightType.FLOAT32, Optional.empty());
  }

  /** What servers and converters take without further thought. */
  public static ExportConfig standard() {
    return of(Sizes.FIXED);
  }

  /** For an encoder that is not exported: it takes what the network takes. */
  static ExportConfig unexported() {
    return of(Sizes.ANY);
  }
}
