package org.dinovmf.tools.features;

import org.dinovmf.savedmodel.Encoder;

/** Which outputs of an encoder make the features of an image. */
public sealed interface FeatureKind {

  /** The kind of a label. */
  static FeatureKind parse(String label) {
    return switch (label) {
      case "cls" -> new ClassToken();
      default ->
          throw new IllegalArgumentException("features must be cls, but are '%s'".formatted(label));
    };
  }

  /** How it is called in options and files. */
  String label();

  /** Values that an encoder gives for an image. */
  int dimension(Encoder encoder);

  /**
   * A row for each image.
   *
   * @param pixels {@code [batch][height][width][channels]} in 0..1, of equal sizes
   */
  float[][] rows(Encoder encoder, float[][][][] pixels);

  /** The class token after the last LayerNorm. */
  record ClassToken() implements FeatureKind {

    @Override
    public String label() {
      return "cls";
    }

    @Override
    public int dimension(Encoder encoder) {
      return encoder.dimension();
    }

    @Override
    public float[][] rows(Encoder encoder, float[][][][] pixels) {
      return encoder.embedPixels(pixels);
    }
  }
}
