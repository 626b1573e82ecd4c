package org.dinovmf.training.data;

/**
 * A place in the endless sequence of batches.
 *
 * @param epoch 0 for the first
 * @param batch within the epoch, from 0
 */
public record BatchPosition(long epoch, int batch) {

  public BatchPosition {
    if (epoch < 0 || batch < 0) {
      throw new IllegalArgumentException(
          "epoch and batch must not be negative, but are %d and %d".formatted(epoch, batch));
    }
  }

  /** The first batch of a run. */
  public static BatchPosition start() {
    return new BatchPosition(0, 0);
  }

  /** The batch after this one in epochs of {@code batchesPerEpoch}. */
  public BatchPosition next(int batchesPerEpoch) {
    return batch + 1 < batchesPerEpoch
        ? new BatchPosition(epoch, batch + 1)
        : new BatchPosition(epoch + 1, 0);
  }
}
