package org.dinovmf.ops;

import java.util.Locale;

/**
 * In what matrix products of layers are computed. Everything else, the results of the products
 * included, has the element type of the network.
 */
public enum Precision {
  /** In the element type of the network, which is float32 in training. */
  FLOAT32,
  /**
   * From factors that are rounded to bfloat16, with 8 significant bits; sums are taken in float32
   * and rounded once. Gradients too.
   */
  BFLOAT16;

  /** {@code bfloat16}, as an option value. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
