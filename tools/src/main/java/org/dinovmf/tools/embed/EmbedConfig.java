package org.dinovmf.tools.embed;

import org.dinovmf.training.data.DecodeRules;
import org.dinovmf.training.data.ScanLimits;

/**
 * How images are embedded; without influence on the embeddings but for rounding.
 *
 * @param batchSize images in the encoder at a time, at least 1
 * @param threads that read and decode, at least 1
 * @param limits of what is read
 * @param decoding when an image is bad
 */
public record EmbedConfig(int batchSize, int threads, ScanLimits limits, DecodeRules decoding) {

  public EmbedConfig {
    if (batchSize < 1 || threads < 1) {
      throw new IllegalArgumentException(
          "batch size and threads must be at least 1: batchSize=%d, threads=%d"
              .formatted(batchSize, threads));
    }
  }

  /** A single image is enough, and else the limits of training. */
  public static EmbedConfig of(int batchSize, int threads, DecodeRules decoding) {
    return new EmbedConfig(batchSize, threads, ScanLimits.standard().withMinImages(1), decoding);
  }
}
