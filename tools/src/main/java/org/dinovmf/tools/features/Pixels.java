package org.dinovmf.tools.features;

import org.dinovmf.training.data.DecodedImage;

/** Values as an encoder takes them. */
public final class Pixels {

  private static final float WHITE = 255f;

  private Pixels() {}

  /** {@code [height][width][channels]} in 0..1. */
  public static float[][][] of(DecodedImage image) {
    int channels = image.channels().count();
    float[][][] pixels = new float[image.height()][image.width()][channels];
    int at = 0;
    for (float[][] row : pixels) {
      for (float[] pixel : row) {
        for (int c = 0; c < channels; c++) {
          pixel[c] = (image.pixels()[at++] & 0xFF) / WHITE;
        }
      }
    }
    return pixels;
  }
}
