package org.dinovmf.savedmodel;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;

/** Images of noise. */
final class TestImages {

  private TestImages() {}

  static BufferedImage noise(int width, int height, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < width * height; i++) {
      image.setRGB(i % width, i / width, random.nextInt());
    }
    return image;
  }

  static byte[] encode(BufferedImage image, String format) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      if (!ImageIO.write(image, format, out)) {
        throw new IllegalArgumentException("no writer for " + format);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** {@code [16][16][3]} in 0..1 of the square whose left upper corner is given. */
  static float[][][] pixels(BufferedImage image, int left, int top) {
    float[][][] pixels = new float[16][16][3];
    for (int y = 0; y < 16; y++) {
      for (int x = 0; x < 16; x++) {
        int rgb = image.getRGB(left + x, top + y);
        pixels[y][x][0] = (rgb >> 16 & 0xff) / 255f;
        pixels[y][x][1] = (rgb >> 8 & 0xff) / 255f;
        pixels[y][x][2] = (rgb & 0xff) / 255f;
      }
    }
    return pixels;
  }
}
