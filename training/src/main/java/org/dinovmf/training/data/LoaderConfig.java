package org.dinovmf.training.data;

import java.util.Optional;

/**
 * How images become batches.
 *
 * @param batchSize images in a batch
 * @param batchesPerStep batches of one optimizer step (gradient accumulation); an epoch ends on a
 *     whole step, so that it holds the same images however a step is divided
 * @param seed of the order of the images and of every random choice
 * @param threads that decode and augment
 * @param prefetchBatches finished or begun batches that may wait for {@link BatchLoader#next}
 * @param cacheBytes decoded pixels are kept in memory if those of all images fit
 * @param masks which patches of the global crops are masked, if any
 */
public record LoaderConfig(
    int batchSize,
    int batchesPerStep,
    long seed,
    int threads,
    int prefetchBatches,
    long cacheBytes,
    Optional<MaskPlan> masks) {

  public LoaderConfig {
    new Faults()
        .require(batchSize >= 1, "batch size must be 1 or more, but is " + batchSize)
        .require(
            batchesPerStep >= 1, "batches per step must be 1 or more, but is " + batchesPerStep)
        .require(threads >= 1, "threads must be 1 or more, but is " + threads)
        .require(
            prefetchBatches >= 1, "prefetch must be 1 batch or more, but is " + prefetchBatches)
        .require(cacheBytes >= 0, "cache bytes must not be negative, but is " + cacheBytes)
        .throwIfAny();
  }

  /**
   * One batch a step, three batches ahead, and a pixel cache of 256 MiB, but of no more than a
   * quarter of the heap.
   */
  public static LoaderConfig of(int batchSize, long seed, int threads) {
    long cacheBytes = Math.min(256L << 20, Runtime.getRuntime().maxMemory() / 4);
    return new LoaderConfig(batchSize, 1, seed, threads, 3, cacheBytes, Optional.empty());
  }

  /** The same with several batches to an optimizer step. */
  public LoaderConfig withBatchesPerStep(int batches) {
    return new LoaderConfig(batchSize, batches, seed, threads, prefetchBatches, cacheBytes, masks);
  }

  /** The same with masked patches, if any. */
  public LoaderConfig withMasks(Optional<MaskPlan> plan) {
    return new LoaderConfig(
        batchSize, batchesPerStep, seed, threads, prefetchBatches, cacheBytes, plan);
  }
}
