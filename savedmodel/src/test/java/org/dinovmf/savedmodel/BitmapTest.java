package org.dinovmf.savedmodel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
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
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(Bitmap.of(width, height, rgb)));
    assertEquals(width, image.getWidth());
    assertEquals(height, image.getHeight());
    for (int i = 0; i < width * height; i++) {
      int expected =
          (rgb[3 * i] & 0xff) << 16 | (rgb[3 * i + 1] & 0xff) << 8 | (rgb[3 * i + 2] & 0xff);
      assertEquals(expected, image.getRGB(i % width, i / width) & 0xffffff, "pixel " + i);
    }
  }

  @Test
  void rejectsAnotherNumberOfBytes() {
    IllegalArgumentException fault =
        assertThrows(IllegalArgumentException.class, () -> Bitmap.of(2, 2, new byte[4]));
    assertEquals("an image of 2 x 2 pixels must have 12 bytes, but has 4", fault.getMessage());
  }
}
