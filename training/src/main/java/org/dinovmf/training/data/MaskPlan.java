package org.dinovmf.training.data;

/**
 * The masks of a run.
 *
 * @param grid patches along a side of a global crop
 * @param startEpoch epochs in which nothing is masked
 */
public record MaskPlan(MaskConfig masks, int grid, int startEpoch) {

  /** Patches of a global crop. */
  public int patches() {
    return grid * grid;
  }

  /**
   * Draws the mask of one view, which depends on the arguments before {@code target} alone.
   *
   * @param relativePath of the image
   * @param view 0 or 1: local crops have no mask
   * @param target gets 1 for each masked patch in rows from the top, from {@code offset} on; 0
   *     before
   */
  void draw(long seed, long epoch, String relativePath, int view, byte[] target, int offset) {
    if (epoch < startEpoch) {
      return;
    }
    CropRandom random = CropRandom.ofMask(seed, epoch, relativePath, view);
    double wanted = masks.ratio(random) * patches();
    masks.shape().draw(grid, wanted, random, target, offset);
  }
}
