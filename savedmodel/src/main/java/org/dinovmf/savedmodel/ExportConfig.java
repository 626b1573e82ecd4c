package org.dinovmf.savedmodel;

/**
 * What can be chosen at an export.
 *
 * @param sizes of the pixels that the model takes
 * @param weights how the model keeps its weights
 */
public record ExportConfig(Sizes sizes, WeightType weights) {

  /** What servers and converters take without further thought. */
  public static ExportConfig standard() {
    return new ExportConfig(Sizes.FIXED, WeightType.FLOAT32);
  }

  /** For an encoder that is not exported: it takes what the network takes. */
  static ExportConfig unexported() {
    return new ExportConfig(Sizes.ANY, WeightType.FLOAT32);
  }
}
