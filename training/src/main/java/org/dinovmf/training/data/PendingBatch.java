package org.dinovmf.training.data;

import java.util.Optional;

/** A batch in the making. Guarded by the lock of the loader, but for the rows' own bytes. */
final class PendingBatch {

  private final Batch batch;
  private final int[] order;
  private int taken;
  private int finished;

  /**
   * A batch without rows.
   *
   * @param order of the epoch: positions in the index
   */
  PendingBatch(
      int size,
      MultiCropConfig crops,
      Optional<MaskPlan> masks,
      int[] order,
      BatchPosition position) {
    int maskBytes =
        masks.map(plan -> MultiCropConfig.GLOBAL_CROPS * size * plan.patches()).orElse(0);
    this.order = order;
    this.batch =
        new Batch(
            size,
            crops.global().pixels(),
            crops.local().pixels(),
            crops.localCrops(),
            new byte[bytes(MultiCropConfig.GLOBAL_CROPS, size, crops.global())],
            new byte[bytes(crops.localCrops(), size, crops.local())],
            new byte[maskBytes],
            new int[size],
            position);
  }

  /**
   * Checks the size of a batch before its memory is taken.
   *
   * @throws IllegalArgumentException if the crops of a batch do not fit an array
   */
  static void requireAddressable(int size, MultiCropConfig crops) {
    bytes(MultiCropConfig.GLOBAL_CROPS, size, crops.global());
    bytes(crops.localCrops(), size, crops.local());
  }

  private static int bytes(int count, int size, MultiCropConfig.Crop crop) {
    double bytes = 3.0 * count * size * crop.pixels() * crop.pixels();
    if (bytes > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "%d crops of %d pixels for each of %d images are more than 2 GiB; use a smaller batch"
              .formatted(count, crop.pixels(), size));
    }
    return (int) bytes;
  }

  Batch batch() {
    return batch;
  }

  int[] order() {
    return order;
  }

  /** Gives out the next row. */
  int take() {
    return taken++;
  }

  boolean isTaken() {
    return taken == batch.size();
  }

  void finishRow() {
    finished++;
  }

  boolean isFinished() {
    return finished == batch.size();
  }
}
