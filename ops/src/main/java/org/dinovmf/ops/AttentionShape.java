package org.dinovmf.ops;

import org.tensorflow.ndarray.Shape;

/**
 * The sizes of a packed {@code [batch, tokens, 3 * numHeads * headDim]}.
 *
 * @param tokens {@link Shape#UNKNOWN_SIZE} if known only when the graph runs, as the batch may be
 */
record AttentionShape(long tokens, long numHeads, long headDim) {

  static AttentionShape of(Shape qkv, int numHeads) {
    if (qkv.numDimensions() != 3
        || qkv.get(2) < 1
        || numHeads < 1
        || qkv.get(2) % (3L * numHeads) != 0) {
      throw new IllegalArgumentException(
          "qkv must be [batch, tokens, 3 * dim] with a dim that %d heads divide, but is %s"
              .formatted(numHeads, qkv));
    }
    return new AttentionShape(qkv.get(1), numHeads, qkv.get(2) / (3L * numHeads));
  }

  /** Whether the number of tokens is known when the graph is built. */
  boolean hasKnownTokens() {
    return tokens != Shape.UNKNOWN_SIZE;
  }

  long dim() {
    return numHeads * headDim;
  }

  /** Factor of the scores, {@code 1 / sqrt(headDim)}. */
  double scale() {
    return 1 / Math.sqrt((double) headDim);
  }
}
