package org.dinovmf.tools.page;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import org.dinovmf.graph.preprocessing.Channels;
import org.dinovmf.training.data.DecodedImage;
import org.dinovmf.training.data.ImageResize;

/** Small pictures for a page. */
final class Thumbnail {

  private Thumbnail() {}

  /** An image whose longer side is at most {@code side} pixels, as a JPEG, or a PNG if tiny. */
  static String address(DecodedImage image, int side) throws IOException {
    BufferedImage picture = picture(ImageResize.within(image, side));
    // JPEG spoils pictures of few pixels, of which PNG makes small files.
    return picture.getWidth() * picture.getHeight() <= 48 * 48
        ? Html.data("image/png", encode(picture, "png"))
        : jpeg(picture);
  }

  /** A picture as it is, as a PNG. */
  static String address(BufferedImage picture) throws IOException {
    return Html.data("image/png", encode(picture, "png"));
  }

  /** A picture as it is, as a JPEG. */
  static String jpeg(BufferedImage picture) throws IOException {
    return Html.data("image/jpeg", encode(picture, "jpeg"));
  }

  /** Gray is shown as red, green and blue alike, and opacity is not shown. */
  static BufferedImage picture(DecodedImage image) {
    int channels = image.channels().count();
    int green = image.channels() == Channels.GRAY ? 0 : 1;
    byte[] pixels = image.pixels();
    BufferedImage picture =
        new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < image.width() * image.height(); i++) {
      int at = i * channels;
      picture.setRGB(
          i % image.width(),
          i / image.width(),
          Byte.toUnsignedInt(pixels[at]) << 16
              | Byte.toUnsignedInt(pixels[at + green]) << 8
              | Byte.toUnsignedInt(pixels[at + 2 * green]));
    }
    return picture;
  }

  private static byte[] encode(BufferedImage picture, String format) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (!ImageIO.write(picture, format, out)) {
      throw new IOException("this Java runtime cannot write %s images".formatted(format));
    }
    return out.toByteArray();
  }
}
