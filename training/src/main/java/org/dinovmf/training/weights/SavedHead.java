package org.dinovmf.training.weights;

import org.dinovmf.training.eval.linear.LinearHead;

/**
 * A linear head and what tells the encoder that it was trained on from others.
 *
 * @param testEmbedding what this encoder makes of a fixed pattern: files of the same encoder
 *     differ, as a run and an exported model do, but not this, apart from rounding
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, not compared
public record SavedHead(LinearHead head, float[] testEmbedding) {

  public SavedHead {
    if (testEmbedding == null || testEmbedding.length == 0) {
      throw new IllegalArgumentException("test_embedding must have values, but has none");
    }
  }
}
