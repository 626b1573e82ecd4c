package org.dinovmf.training.data;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;

/** The images of {@code make_images.py}, and others made on the spot. */
final class TestImages {

  /** Of all images that lie beside {@code make_images.py}. */
  static final int WIDTH = 16;

  static final int HEIGHT = 10;

  private TestImages() {}

  static Path folder() {
    try {
      return Path.of(TestImages.class.getResource("/data/make_images.py").toURI()).getParent();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static byte[] read(String name) {
    try {
      return Files.readAllBytes(folder().resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes a picture of random values, whose bytes no other seed gives. */
  static void writePng(Path file, int width, int height, long seed) throws IOException {
    Files.createDirectories(file.getParent());
    Files.write(file, encode(width, height, seed, "png"));
  }

  /** A picture of random blocks, encoded by ImageIO. */
  static byte[] encode(int width, int height, long seed, String format) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    SplittableRandom random = new SplittableRandom(seed);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, random.nextInt(1 << 24));
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (!ImageIO.write(image, format, out)) {
      throw new IllegalArgumentException("no writer of " + format);
    }
    return out.toByteArray();
  }
}
