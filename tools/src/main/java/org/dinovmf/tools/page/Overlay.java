package org.dinovmf.tools.page;

import java.awt.image.BufferedImage;
import java.util.List;
import org.dinovmf.training.data.DecodedImage;

/**
 * Attention laid over the frames of a video, on one scale for all: a color means the same weight in
 * every frame.
 *
 * @param low weight that is black
 * @param high weight that is nearly white
 */
public record Overlay(float low, float high) {

  /** The scale of all weights of a video. */
  public static Overlay of(List<float[][]> maps) {
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
    return new Overlay(low, high);
  }

  /**
   * The middle between a frame and the colors of its map.
   *
   * @param weights {@code [rows][columns]}, each a patch of the frame
   */
  public BufferedImage draw(DecodedImage frame, float[][] weights) {
    BufferedImage picture = Thumbnail.picture(frame);
    for (int y = 0; y < picture.getHeight(); y++) {
      float[] row = weights[y * weights.length / picture.getHeight()];
      for (int x = 0; x < picture.getWidth(); x++) {
        float weight = row[x * row.length / picture.getWidth()];
        int color = Attention.color(high > low ? (weight - low) / (high - low) : 0);
        picture.setRGB(x, y, middle(picture.getRGB(x, y), color));
      }
    }
    return picture;
  }

  private static int middle(int one, int other) {
    int middle = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
      middle |= (((one >> shift & 0xFF) + (other >> shift & 0xFF)) / 2) << shift;
    }
    return middle;
  }
}
