package org.dinovmf.tools;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;

/** Image files of noise around a color. */
final class TestImages {

  private TestImages() {}

  /** Writes an image; the format is that of the file's extension. */
  static Path write(Path file, Color color, int width, int height, long seed) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(color);
    graphics.fillRect(0, 0, width, height);
    graphics.dispose();
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < width * height / 4; i++) {
      image.setRGB(random.nextInt(width), random.nextInt(height), random.nextInt());
    }
    Files.createDirectories(file.getParent());
    String name = file.getFileName().toString();
    String format = name.substring(name.lastIndexOf('.') + 1);
    if (!ImageIO.write(image, format, file.toFile())) {
      throw new IOException("no writer for " + format);
    }
    return file;
  }
}
