package org.dinovmf.training.data;

import java.util.Arrays;

/** The order in which an epoch visits the images: by a hash of (seed, epoch, relative path). */
final class EpochOrder {

  private EpochOrder() {}

  /** Positions in the index, each once. */
  static int[] of(ImageIndex index, long seed, long epoch) {
    int count = index.size();
    // Hash above, position below: one sort of plain numbers instead of one of objects. Hashes that
    // agree in the bits kept are ordered by relative path, since the index is.
    int positionBits = 32 - Integer.numberOfLeadingZeros(Math.max(1, count - 1));
    long positionMask = (1L << positionBits) - 1;
    long[] keys = new long[count];
    for (int i = 0; i < count; i++) {
      long key = CropRandom.key(seed, epoch, index.images().get(i).relativePath());
      keys[i] = (key & ~positionMask) | i;
    }
    Arrays.sort(keys);
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      order[i] = (int) (keys[i] & positionMask);
    }
    return order;
  }
}
