package org.dinovmf.savedmodel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.dinovmf.graph.preprocessing.Channels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BitmapTest {

  /** Widths of each remainder by four: a row is filled up to four bytes. */
  @ParameterizedTest(name = "{0} x {1}")
  @CsvSource({"1,1", "2,3", "3,2", "4,4", "5,1"})
  void holdsEveryPixel(int width, int height) throws IOException {
    byte[] rgb = new byte[width * height * 3];
    new SplittableRandom(width).nextBytes(rgb);
    BufferedImage image =
        ImageIO.read(new ByteArrayInputStream(Bitmap.of(width, height, Channels.COLOR, rgb)));
    assertEquals(width, image.getWidth());
    assertEquals(height, image.getHeight());
    for (int i = 0; i < width * height; i++) {
      int expected =
          (rgb[3 * i] & 0xff) << 16 | (rgb[3 * i + 1] & 0xff) << 8 | (rgb[3 * i + 2] & 0xff);
      assertEquals(expected, image.getRGB(i % width, i / width) & 0xffffff, "pixel " + i);
    }
  }

  @Test
  void holdsGrayAsEqualColors() throws IOException {
    byte[] file = Bitmap.of(2, 1, Channels.GRAY, new byte[] {7, (byte) 200});
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(file));
    assertEquals(0x070707, image.getRGB(0, 0) & 0xffffff);
    assertEquals(0xc8c8c8, image.getRGB(1, 0) & 0xffffff);
  }

  /** The last has more bytes than a block without compression takes. */
  @ParameterizedTest(name = "{0} x {1}")
  @CsvSource({"1,1", "3,2", "150,140"})
  void holdsEveryPixelWithOpacity(int width, int height) throws IOException {
    byte[] rgba = new byte[width * height * 4];
    new SplittableRandom(width).nextBytes(rgba);
    byte[] file = Bitmap.of(width, height, Channels.COLOR_AND_ALPHA, rgba);
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(file));
    assertEquals(width, image.getWidth());
    assertEquals(height, image.getHeight());
    for (int i = 0; i < width * height; i++) {
      int color = image.getRGB(i % width, i / width);
      int found = color << 8 | color >>> 24; // alpha goes behind the color
      assertEquals(ByteBuffer.wrap(rgba).getInt(4 * i), found, "pixel " + i);
    }
  }

  @Test
  void rejectsAnotherNumberOfBytes() {
    IllegalArgumentException fault =
        assertThrows(
            IllegalArgumentException.class, () -> Bitmap.of(2, 2, Channels.COLOR, new byte[4]));
    assertEquals("an image of 2 x 2 pixels must have 12 bytes, but has 4", fault.getMessage());
  }
}
