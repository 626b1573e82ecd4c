package org.dinovmf.tools.features;

import java.util.Arrays;
import org.dinovmf.savedmodel.Encoder;
import org.dinovmf.savedmodel.MissingAbilityException;
import org.dinovmf.savedmodel.TokenEmbeddings;
import org.dinovmf.training.eval.Pooling;

/** Which outputs of an encoder make the features of an image. */
public sealed interface FeatureKind
    permits FeatureKind.ClassToken,
        FeatureKind.ClassTokens,
        FeatureKind.ClassAndMean,
        FeatureKind.ClassAndGem,
        PrototypeNumber {

  /**
   * The kind of a label.
   *
   * @throws IllegalArgumentException if there is none
   */
  static FeatureKind parse(String label) {
    if (label.matches("cls-[1-9][0-9]?")) {
      return new ClassTokens(Integer.parseInt(label.substring("cls-".length())));
    }
    return switch (label) {
      case "cls" -> new ClassToken();
      case "cls-mean" -> new ClassAndMean();
      case "cls-gem" -> new ClassAndGem();
      default ->
          throw new IllegalArgumentException(
              "features must be cls, cls-mean, cls-gem, or cls-N for the last N blocks, but are '%s'"
                  .formatted(label));
    };
  }

  /** How it is called in options and files. */
  String label();

  /**
   * Values that an encoder gives for an image.
   *
   * @throws MissingAbilityException if it is too small for the kind
   */
  int dimension(Encoder encoder);

  /**
   * A row for each image.
   *
   * @param pixels {@code [batch][height][width][channels]} in 0..1, of equal sizes
   * @throws MissingAbilityException if the encoder does not have them
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

  /**
   * The class tokens of the last blocks side by side, the last block last; Caron et al. 2021,
   * section 4.1, for small encoders with 4 blocks.
   *
   * @param blocks at least 1
   */
  record ClassTokens(int blocks) implements FeatureKind {

    @Override
    public String label() {
      return "cls-" + blocks;
    }

    @Override
    public int dimension(Encoder encoder) {
      int depth = encoder.spec().encoder().depth();
      if (blocks > depth) {
        throw new MissingAbilityException(
            "%s needs an encoder of at least %d blocks, but this has %d"
                .formatted(label(), blocks, depth));
      }
      return blocks * encoder.dimension();
    }

    @Override
    public float[][] rows(Encoder encoder, float[][][][] pixels) {
      float[][][] tokens = encoder.classTokens(blocks, pixels);
      float[][] rows = tokens[0];
      for (int block = 1; block < blocks; block++) {
        rows = concatenated(rows, tokens[block]);
      }
      return rows;
    }
  }

  /**
   * The class token, then the mean of the patches; Caron et al. 2021, section 4.1, for base
   * encoders. The published code of DINO has the two interleaved, that of iBOT as here.
   */
  record ClassAndMean() implements FeatureKind {

    @Override
    public String label() {
      return "cls-mean";
    }

    @Override
    public int dimension(Encoder encoder) {
      return 2 * encoder.dimension();
    }

    @Override
    public float[][] rows(Encoder encoder, float[][][][] pixels) {
      TokenEmbeddings tokens = encoder.tokens(pixels);
      float[][] means = Arrays.stream(tokens.patches()).map(Pooling::mean).toArray(float[][]::new);
      return concatenated(tokens.cls(), means);
    }
  }

  /** The class token, then the generalized mean of the patches; Caron et al. 2021, 4.2.2. */
  record ClassAndGem() implements FeatureKind {

    @Override
    public String label() {
      return "cls-gem";
    }

    @Override
    public int dimension(Encoder encoder) {
      return 2 * encoder.dimension();
    }

    @Override
    public float[][] rows(Encoder encoder, float[][][][] pixels) {
      TokenEmbeddings tokens = encoder.tokens(pixels);
      float[][] means =
          Arrays.stream(tokens.patches()).map(Pooling::generalizedMean).toArray(float[][]::new);
      return concatenated(tokens.cls(), means);
    }
  }

  /** Joins the rows of two matrices of equally many rows. */
  private static float[][] concatenated(float[][] left, float[][] right) {
    float[][] rows = new float[left.length][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = Arrays.copyOf(left[i], left[i].length + right[i].length);
      System.arraycopy(right[i], 0, rows[i], left[i].length, right[i].length);
    }
    return rows;
  }
}
