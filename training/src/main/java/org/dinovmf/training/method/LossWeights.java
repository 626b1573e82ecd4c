package org.dinovmf.training.method;

/**
 * Weights of the terms of a loss. Of weight 0, that of the class tokens is still measured, and the
 * others are left out.
 *
 * @param cls of the cross-entropy over class tokens, iBOT's lambda1
 * @param patch of the cross-entropy over masked patches, iBOT's lambda2
 * @param koLeo of the term that spreads the class tokens of a batch
 */
public record LossWeights(double cls, double patch, double koLeo) {

  public LossWeights {
    if (!(cls >= 0 && patch >= 0 && koLeo >= 0 && cls + patch + koLeo < Double.POSITIVE_INFINITY)
        || cls + patch == 0) {
      throw new IllegalArgumentException(
          "the weights of the loss must not be negative, and that of the class tokens or of the patches must be positive: cls=%s, patch=%s, koLeo=%s"
              .formatted(cls, patch, koLeo));
    }
  }

  /** Class tokens alone, as DINO. */
  public static LossWeights dino() {
    return new LossWeights(1, 0, 0);
  }

  /** Both kinds of tokens alike: the defaults of iBOT's script. */
  public static LossWeights ibot() {
    return new LossWeights(1, 1, 0);
  }

  /** The same with KoLeo. */
  public LossWeights withKoLeo(double weight) {
    return new LossWeights(cls, patch, weight);
  }
}
