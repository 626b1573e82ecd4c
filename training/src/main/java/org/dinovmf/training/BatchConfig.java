package org.dinovmf.training;

/**
 * How many images a step sees, and what it keeps of them in memory.
 *
 * @param batchSize images of one micro-batch, which is what must fit into memory
 * @param accumulate micro-batches of one optimizer step; they see the same teacher and center
 * @param checkpointsActivations the gradient computes the student's blocks a second time instead of
 *     keeping what lies inside them; results are the same but for rounding
 */
public record BatchConfig(int batchSize, int accumulate, boolean checkpointsActivations) {

  public BatchConfig {
    if (batchSize < 1 || accumulate < 1) {
      throw new IllegalArgumentException(
          "batch size and accumulation must be at least 1: batchSize=%d, accumulate=%d"
              .formatted(batchSize, accumulate));
    }
  }

  /** Images of one optimizer step. */
  public int total() {
    return Math.multiplyExact(batchSize, accumulate);
  }
}
