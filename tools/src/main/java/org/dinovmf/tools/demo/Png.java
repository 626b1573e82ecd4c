package org.dinovmf.tools.demo;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import javax.imageio.ImageIO;

/** Pictures for a page that needs no other file. */
final class Png {

  private Png() {}

  /**
   * A picture as a {@code data:} address.
   *
   * @param rgb {@code [side, side, 3]} from {@code offset} on
   */
  static String dataAddress(byte[] rgb, int offset, int side) throws IOException {
    BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < side * side; i++) {
      int at = offset + 3 * i;
      int value =
          Byte.toUnsignedInt(rgb[at]) << 16
              | Byte.toUnsignedInt(rgb[at + 1]) << 8
              | Byte.toUnsignedInt(rgb[at + 2]);
      image.setRGB(i % side, i / side, value);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image, "png", out);
    return "data:image/png;base64," + Base64.getEncoder().encodeToString(out.toByteArray());
  }
}
