package org.dinovmf.ops;

import java.util.Locale;

/**
 * In what linear layers, their biases included, and the two products of attention are computed.
 * What they return is widened to the element type of the network, which everything else has: norms,
 * softmax, scores of prototypes, losses, weights and their updates. Patches are embedded by a
 * linear layer.
 */
public enum Precision {
  /** In the element type of the network, which is float32 in training. */
  FLOAT32,
  /**
   * From factors that are rounded to bfloat16, with 8 significant bits; sums of products are taken
   * in float32 and rounded to bfloat16, before or after a bias, itself rounded, is added. Gradients
   * too; that of a bias is summed in float32. Inside an MLP nothing else is rounded.
   */
  BFLOAT16;

  /** {@code bfloat16}, as an option value. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
