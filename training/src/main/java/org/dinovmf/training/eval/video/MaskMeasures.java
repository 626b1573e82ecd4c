package org.dinovmf.training.eval.video;

/**
 * Agreement of an object's mask with the truth; Perazzi et al., "A Benchmark Dataset and Evaluation
 * Methodology for Video Object Segmentation", CVPR 2016, section 4, as the code of DAVIS 2017
 * computes it.
 */
public final class MaskMeasures {

  /** Distance at which boundaries still match, as a share of the image's diagonal. */
  private static final double BOUNDARY_TOLERANCE = 0.008;

  private MaskMeasures() {}

  /** J: intersection over union of the areas, in 0..1; 1 where both are empty. */
  public static double region(boolean[] found, boolean[] truth) {
    int both = 0;
    int either = 0;
    for (int i = 0; i < found.length; i++) {
      both += found[i] && truth[i] ? 1 : 0;
      either += found[i] || truth[i] ? 1 : 0;
    }
    return either == 0 ? 1 : (double) both / either;
  }

  /**
   * F: harmonic mean of the shares of both boundaries that lie within a tolerance of the other, in
   * 0..1; 1 where there are none. The tolerance is 0.008 of the diagonal, rounded up to whole
   * pixels, and a boundary is one pixel wide.
   */
  public static double boundary(boolean[] found, boolean[] truth, int width, int height) {
    boolean[] foundEdge = edge(found, width, height);
    boolean[] truthEdge = edge(truth, width, height);
    int radius = (int) Math.ceil(BOUNDARY_TOLERANCE * Math.hypot(width, height));
    int foundCount = count(foundEdge);
    int truthCount = count(truthEdge);
    if (foundCount == 0 || truthCount == 0) {
      return foundCount == truthCount ? 1 : 0;
    }
    boolean[] nearTruth = dilated(truthEdge, width, height, radius);
    boolean[] nearFound = dilated(foundEdge, width, height, radius);
    double precision = (double) common(foundEdge, nearTruth) / foundCount;
    double recall = (double) common(truthEdge, nearFound) / truthCount;
    return precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall);
  }

  /** Pixels that differ from the one on the right, below, or below on the right. */
  static boolean[] edge(boolean[] mask, int width, int height) {
    boolean[] edge = new boolean[mask.length];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int at = y * width + x;
        boolean hasRight = x + 1 < width;
        boolean hasBelow = y + 1 < height;
        edge[at] =
            (hasRight && mask[at] != mask[at + 1])
                || (hasBelow && mask[at] != mask[at + width])
                || (hasRight && hasBelow && mask[at] != mask[at + width + 1]);
      }
    }
    return edge;
  }

  /** Pixels within a disk around one that is set. */
  private static boolean[] dilated(boolean[] mask, int width, int height, int radius) {
    boolean[] grown = new boolean[mask.length];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        if (mask[y * width + x]) {
          fillDisk(grown, x, y, width, height, radius);
        }
      }
    }
    return grown;
  }

  private static void fillDisk(boolean[] target, int x, int y, int width, int height, int radius) {
    for (int dy = Math.max(-radius, -y); dy <= Math.min(radius, height - 1 - y); dy++) {
      for (int dx = Math.max(-radius, -x); dx <= Math.min(radius, width - 1 - x); dx++) {
        if (dx * dx + dy * dy <= radius * radius) {
          target[(y + dy) * width + x + dx] = true;
        }
      }
    }
  }

  private static int count(boolean[] mask) {
    return common(mask, mask);
  }

  private static int common(boolean[] a, boolean[] b) {
    int count = 0;
    for (int i = 0; i < a.length; i++) {
      count += a[i] && b[i] ? 1 : 0;
    }
    return count;
  }
}
