package org.dinovmf.tools.features;

import org.dinovmf.savedmodel.Ability;
import org.dinovmf.savedmodel.Encoder;
import org.dinovmf.savedmodel.MissingAbilityException;

/**
 * The prototype with the highest posterior by the teacher, without a center: the cluster of an
 * image; Zhou et al. 2022, section 4.4. One value a row, a whole number.
 *
 * @param prototypes {@code [prototypes][bottleneck]} where the scores are plain products with the
 *     embedding on the sphere; none where the encoder itself assigns, with the normalizer
 */
@SuppressWarnings("ArrayRecordComponent") // not compared
public record PrototypeNumber(float[][] prototypes) implements FeatureKind {

  /** float32 holds every whole number below. */
  private static final int EXACT = 1 << 24;

  public PrototypeNumber {
    if (prototypes.length > EXACT) {
      throw new IllegalArgumentException(
          "there must be at most %d prototypes, but are %d".formatted(EXACT, prototypes.length));
    }
  }

  /**
   * By the head of an encoder.
   *
   * @throws MissingAbilityException if it has none
   */
  public static PrototypeNumber of(Encoder encoder) {
    return new PrototypeNumber(encoder.has(Ability.ASSIGN) ? new float[0][] : encoder.prototypes());
  }

  @Override
  public String label() {
    return "prototype";
  }

  @Override
  public int dimension(Encoder encoder) {
    return 1;
  }

  @Override
  public float[][] rows(Encoder encoder, float[][][][] pixels) {
    float[][] rows = new float[pixels.length][];
    if (prototypes.length == 0) {
      int[][] assigned = encoder.assign(pixels).prototypes();
      for (int i = 0; i < rows.length; i++) {
        rows[i] = new float[] {assigned[i][0]};
      }
      return rows;
    }
    float[][] embeddings = encoder.sphereEmbeddings(pixels);
    for (int i = 0; i < rows.length; i++) {
      rows[i] = new float[] {highest(embeddings[i])};
    }
    return rows;
  }

  private int highest(float[] embedding) {
    int best = 0;
    double highest = Double.NEGATIVE_INFINITY;
    for (int k = 0; k < prototypes.length; k++) {
      double product = 0;
      for (int d = 0; d < embedding.length; d++) {
        product += (double) prototypes[k][d] * embedding[d];
      }
      if (product > highest) {
        highest = product;
        best = k;
      }
    }
    return best;
  }
}
