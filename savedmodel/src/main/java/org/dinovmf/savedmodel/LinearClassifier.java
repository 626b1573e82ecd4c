package org.dinovmf.savedmodel;

import java.util.List;

/**
 * A linear classifier of an encoder's features, which an exported model can have.
 *
 * @param features what it takes
 * @param weights {@code [classes][dim]}
 * @param bias {@code [classes]}
 * @param classes name of each class
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, not compared
public record LinearClassifier(
    Features features, float[][] weights, float[] bias, List<String> classes) {

  /** What is made of an image before it is classified; Caron et al. 2021, section 4.1. */
  public sealed interface Features {

    /**
     * Values for an image.
     *
     * @throws IllegalArgumentException if the encoder has too few blocks
     */
    int dimension(EncoderSpec spec);

    /**
     * The class tokens of the last blocks side by side, the last block last, each after the
     * encoder's last LayerNorm.
     *
     * @param blocks how many
     */
    record ClassTokens(int blocks) implements Features {

      public ClassTokens {
        if (blocks < 1) {
          throw new IllegalArgumentException("blocks must be at least 1, but are " + blocks);
        }
      }

      @Override
      public int dimension(EncoderSpec spec) {
        int depth = spec.encoder().depth();
        if (blocks > depth) {
          throw new IllegalArgumentException(
              "a classifier of the class tokens of %d blocks needs an encoder of at least %d blocks, but this has %d"
                  .formatted(blocks, blocks, depth));
        }
        return blocks * spec.dimension();
      }
    }

    /** The class token, then the mean of the patches, both after the last LayerNorm. */
    record ClassAndMean() implements Features {

      @Override
      public int dimension(EncoderSpec spec) {
        return 2 * spec.dimension();
      }
    }
  }

  public LinearClassifier {
    classes = List.copyOf(classes);
    if (classes.isEmpty() || weights.length != classes.size() || bias.length != classes.size()) {
      throw new IllegalArgumentException(
          "weights and bias must have a row for each class: %d rows, %d biases, %d classes"
              .formatted(weights.length, bias.length, classes.size()));
    }
  }

  /**
   * Refuses an encoder that does not have these features in this width.
   *
   * @throws IllegalArgumentException if it does not
   */
  public void requireFits(EncoderSpec spec) {
    int dimension = features.dimension(spec);
    for (float[] row : weights) {
      if (row.length != dimension) {
        throw new IllegalArgumentException(
            "a classifier of this encoder must have %d weights for each class, but has %d"
                .formatted(dimension, row.length));
      }
    }
  }
}
