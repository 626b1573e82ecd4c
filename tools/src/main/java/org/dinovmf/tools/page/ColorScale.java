package org.dinovmf.tools.page;

import java.awt.image.BufferedImage;
import java.util.List;
import org.dinovmf.training.data.DecodedImage;

/**
 * Colors of attention weights, by Matplotlib's "inferno". On one scale for several maps, a color
 * means the same weight in each.
 *
 * @param low weight that is black
 * @param high weight that is nearly white
 */
public record ColorScale(float low, float high) {

  public ColorScale {
    if (low > high) {
      throw new IllegalArgumentException(
          "low must be at most high, but they are %s and %s".formatted(low, high));
    }
  }

  /** At every eighth, red, green, blue. */
  private static final int[] INFERNO = {
    0x000004, 0x1f0c48, 0x550f6d, 0x88226a, 0xba3655, 0xe35933, 0xf98c0a, 0xf9c932, 0xfcffa4
  };

  /**
   * From the least to the greatest weight of maps.
   *
   * @param maps {@code [rows][columns]} each
   */
  public static ColorScale of(List<float[][]> maps) {
    float low = Float.POSITIVE_INFINITY;
    float high = Float.NEGATIVE_INFINITY;
    for (float[][] map : maps) {
      for (float[] row : map) {
        for (float weight : row) {
          low = Math.min(low, weight);
          high = Math.max(high, weight);
        }
      }
    }
    return new ColorScale(low, high);
  }

  /** The color of a weight; all are black where they are equal. */
  int color(float weight) {
    double place = high > low ? (double) (weight - low) / (high - low) * (INFERNO.length - 1) : 0;
    int below = Math.min((int) place, INFERNO.length - 2);
    double rest = place - below;
    int color = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
      int from = INFERNO[below] >> shift & 0xFF;
      int to = INFERNO[below + 1] >> shift & 0xFF;
      color |= (int) Math.round(from + rest * (to - from)) << shift;
    }
    return color;
  }

  /**
   * A map in colors.
   *
   * @param weights {@code [rows][columns]}, a pixel each
   */
  BufferedImage draw(float[][] weights) {
    BufferedImage picture =
        new BufferedImage(weights[0].length, weights.length, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < weights.length; y++) {
      for (int x = 0; x < weights[y].length; x++) {
        picture.setRGB(x, y, color(weights[y][x]));
      }
    }
    return picture;
  }

  /**
   * A map in colors, its weights interpolated linearly between the middles of patches.
   *
   * @param weights {@code [rows][columns]}, each a patch of the picture
   * @param width of the picture, in pixels
   * @param height of the picture, in pixels
   */
  BufferedImage draw(float[][] weights, int width, int height) {
    Between[] columns = Between.of(width, weights[0].length);
    Between[] rows = Between.of(height, weights.length);
    float[][] large = new float[height][width];
    for (int y = 0; y < height; y++) {
      float[] above = weights[rows[y].before];
      float[] below = weights[rows[y].after];
      for (int x = 0; x < width; x++) {
        large[y][x] = rows[y].of(columns[x].in(above), columns[x].in(below));
      }
    }
    return draw(large);
  }

  /**
   * The middle between an image and the colors of its map, interpolated.
   *
   * @param weights {@code [rows][columns]}, each a patch of the image
   */
  public BufferedImage drawOver(DecodedImage image, float[][] weights) {
    BufferedImage picture = Thumbnail.picture(image);
    BufferedImage colors = draw(weights, image.width(), image.height());
    for (int y = 0; y < picture.getHeight(); y++) {
      for (int x = 0; x < picture.getWidth(); x++) {
        picture.setRGB(x, y, middle(picture.getRGB(x, y), colors.getRGB(x, y)));
      }
    }
    return picture;
  }

  private static int middle(int one, int other) {
    int middle = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
      int sum = ((one >> shift) & 0xFF) + ((other >> shift) & 0xFF);
      middle |= (sum / 2) << shift;
    }
    return middle;
  }

  /**
   * The place of a pixel between the middles of two patches.
   *
   * @param share of the second, in 0..1
   */
  private record Between(int before, int after, float share) {

    /** Of each pixel; those beyond the middle of the outermost patch are in it. */
    static Between[] of(int pixels, int patches) {
      Between[] all = new Between[pixels];
      for (int i = 0; i < pixels; i++) {
        double place = (i + 0.5) * patches / pixels - 0.5;
        double inside = Math.max(0, Math.min(patches - 1, place));
        int before = (int) inside;
        all[i] = new Between(before, Math.min(before + 1, patches - 1), (float) (inside - before));
      }
      return all;
    }

    float in(float[] values) {
      return of(values[before], values[after]);
    }

    float of(float first, float second) {
      return first + share * (second - first);
    }
  }
}
