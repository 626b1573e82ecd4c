package org.dinovmf.tools.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import org.dinovmf.training.data.Batch;
import org.dinovmf.training.data.BatchPosition;
import org.junit.jupiter.api.Test;

class ContactSheetTest {

  @Test
  void showsTheViewsOfAnImageInARow() throws IOException {
    BufferedImage image = decode(ContactSheet.of(Reports.batch()));
    assertEquals(7, image.getWidth()); // three pixels, two gaps of two
    assertEquals(1, image.getHeight());
    assertEquals(0xff0000, color(image, 0, 0));
    assertEquals(0x000000, color(image, 1, 0));
    assertEquals(0x00ff00, color(image, 3, 0));
    assertEquals(0x0000ff, color(image, 6, 0));
  }

  @Test
  void showsEachImageInARowOfItsOwn() throws IOException {
    // Crop-major: the first crops of both images, then the second crops.
    byte[] global = {1, 0, 0, 2, 0, 0, 3, 0, 0, 4, 0, 0};
    Batch batch =
        new Batch(
            2,
            1,
            0,
            0,
            global,
            new byte[0],
            new byte[0],
            new int[] {0, 1},
            new BatchPosition(0, 0));
    BufferedImage image = decode(ContactSheet.of(batch));
    assertEquals(4, image.getWidth());
    assertEquals(4, image.getHeight());
    assertEquals(0x010000, color(image, 0, 0));
    assertEquals(0x030000, color(image, 3, 0));
    assertEquals(0x020000, color(image, 0, 3));
    assertEquals(0x040000, color(image, 3, 3));
  }

  @Test
  void keepsPixelOrderWithinACrop() throws IOException {
    byte[] crop = {1, 0, 0, 2, 0, 0, 3, 0, 0, 4, 0, 0};
    byte[] global = new byte[24];
    System.arraycopy(crop, 0, global, 0, 12);
    Batch batch =
        new Batch(
            1, 2, 0, 0, global, new byte[0], new byte[0], new int[] {0}, new BatchPosition(0, 0));
    BufferedImage image = decode(ContactSheet.of(batch));
    assertEquals(0x020000, color(image, 1, 0));
    assertEquals(0x030000, color(image, 0, 1));
  }

  @Test
  void showsEightImagesAtMost() throws IOException {
    Batch batch =
        new Batch(
            9,
            1,
            0,
            0,
            new byte[9 * 2 * 3],
            new byte[0],
            new byte[0],
            new int[9],
            new BatchPosition(0, 0));
    assertEquals(8 + 7 * 2, ContactSheet.of(batch).height());
  }

  private static BufferedImage decode(ContactSheet sheet) throws IOException {
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(sheet.png()));
    assertEquals(sheet.width(), image.getWidth());
    assertEquals(sheet.height(), image.getHeight());
    return image;
  }

  private static int color(BufferedImage image, int x, int y) {
    return image.getRGB(x, y) & 0xffffff;
  }
}
