package org.dinovmf.training.data;

import java.util.Arrays;
import java.util.Locale;

/** How masked patches lie on the grid of a crop; iBOT's "pred_shape". */
public enum MaskShape {
  /** Rectangles, drawn until there are enough; Bao et al., "BEiT", ICLR 2022, algorithm 1. */
  BLOCK {
    @Override
    void draw(int grid, double wanted, CropRandom random, byte[] mask, int offset) {
      double masked = 0;
      int more;
      do {
        more = masked < wanted ? block(grid, wanted - masked, random, mask, offset) : 0;
        masked += more;
      } while (more > 0);
    }
  },

  /** Single patches, all as likely. */
  RANDOM {
    @Override
    void draw(int grid, double wanted, CropRandom random, byte[] mask, int offset) {
      int patches = grid * grid;
      int left = (int) wanted;
      // Knuth's selection sampling: each patch with the chance that those still wanted leave it.
      for (int i = 0; i < patches; i++) {
        if (random.nextInt(patches - i) < left) {
          mask[offset + i] = 1;
          left--;
        }
      }
    }
  };

  /** Of iBOT; BEiT has the same. */
  private static final double MIN_ASPECT = 0.3;

  private static final int TRIES = 10;

  /**
   * Masks patches.
   *
   * @param grid patches along a side
   * @param wanted how many, not rounded; blocks may leave fewer
   * @param mask gets 1 for a masked patch, from {@code offset} on; 0 before
   */
  abstract void draw(int grid, double wanted, CropRandom random, byte[] mask, int offset);

  /** {@code block}, as an option value. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Adds one rectangle in at most ten tries: area uniform between a ninth of the grid and what is
   * left, whichever is more, aspect uniform on a logarithmic scale.
   *
   * @param left how many patches may still be masked
   * @return how many more are masked now
   */
  private static int block(int grid, double left, CropRandom random, byte[] mask, int offset) {
    double leastArea = (grid / 3) * (grid / 3);
    double maxLog = -StrictMath.log(MIN_ASPECT);
    for (int i = 0; i < TRIES; i++) {
      double area = random.nextDouble(leastArea, left);
      double aspect = StrictMath.exp(random.nextDouble(-maxLog, maxLog));
      int height = (int) Math.rint(Math.sqrt(area * aspect));
      int width = (int) Math.rint(Math.sqrt(area / aspect));
      if (width < grid && height < grid) {
        int top = random.nextInt(grid - height + 1);
        int first = offset + top * grid + random.nextInt(grid - width + 1);
        int more = height * width - count(grid, height, width, mask, first);
        if (more > 0 && more <= left) {
          fill(grid, height, width, mask, first);
          return more;
        }
      }
    }
    return 0;
  }

  private static int count(int grid, int height, int width, byte[] mask, int first) {
    int count = 0;
    for (int row = 0; row < height; row++) {
      for (int column = 0; column < width; column++) {
        count += mask[first + row * grid + column];
      }
    }
    return count;
  }

  private static void fill(int grid, int height, int width, byte[] mask, int first) {
    for (int row = 0; row < height; row++) {
      int begin = first + row * grid;
      Arrays.fill(mask, begin, begin + width, (byte) 1);
    }
  }
}
