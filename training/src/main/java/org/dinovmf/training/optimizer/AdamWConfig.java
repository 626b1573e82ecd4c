package org.dinovmf.training.optimizer;

/**
 * Constants of {@link AdamW}.
 *
 * @param beta1 decay of the first moment
 * @param beta2 decay of the second moment
 * @param epsilon added to the root of the corrected second moment
 * @param clipNorm largest norm of one weight's gradient, 0 for no clipping
 */
public record AdamWConfig(double beta1, double beta2, double epsilon, double clipNorm) {

  public AdamWConfig {
    if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1 && epsilon > 0 && clipNorm >= 0)) {
      throw new IllegalArgumentException(
          "betas must be in [0, 1), epsilon positive and the clip norm not negative: beta1=%s, beta2=%s, epsilon=%s, clipNorm=%s"
              .formatted(beta1, beta2, epsilon, clipNorm));
    }
  }

  /** PyTorch's constants, with the published code's clipping at 3. */
  public static AdamWConfig dino() {
    return new AdamWConfig(0.9, 0.999, 1e-8, 3.0);
  }
}
