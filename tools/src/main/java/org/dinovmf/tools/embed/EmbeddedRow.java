package org.dinovmf.tools.embed;

import java.util.Arrays;

/**
 * What became of one image.
 *
 * @param embedding NaN where the image is bad
 * @param reason why it is bad; empty where it is not
 */
@SuppressWarnings("ArrayRecordComponent") // handed over once; nobody compares rows
public record EmbeddedRow(float[] embedding, String reason) {

  /** The row of a bad image. */
  public static EmbeddedRow bad(int dimension, String reason) {
    float[] embedding = new float[dimension];
    Arrays.fill(embedding, Float.NaN);
    return new EmbeddedRow(embedding, reason);
  }

  /** Whether there is no embedding. */
  public boolean isBad() {
    return !reason.isEmpty();
  }
}
