package org.dinovmf.savedmodel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Uncompressed BMP files: the way by which pixels that were decoded elsewhere reach the resizing of
 * an exported model without loss.
 */
public final class Bitmap {

  private static final int FILE_HEADER = 14;
  private static final int HEADERS = FILE_HEADER + 40;

  private Bitmap() {}

  /**
   * A BMP file of 24 bits a pixel.
   *
   * @param rgb {@code [height, width, 3]}, red, green, blue, each 0..255 as an unsigned byte
   */
  public static byte[] of(int width, int height, byte[] rgb) {
    if (width < 1 || height < 1 || rgb.length != 3L * width * height) {
      throw new IllegalArgumentException(
          "an image of %d x %d pixels must have %d bytes, but has %d"
              .formatted(width, height, 3L * width * height, rgb.length));
    }
    int rowBytes = Math.multiplyExact(Math.addExact(Math.multiplyExact(width, 3), 3) / 4, 4);
    int size = Math.addExact(HEADERS, Math.multiplyExact(rowBytes, height));
    ByteBuffer file = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    file.put((byte) 'B').put((byte) 'M').putInt(size).putInt(0).putInt(HEADERS);
    file.putInt(HEADERS - FILE_HEADER).putInt(width).putInt(height);
    file.putShort((short) 1).putShort((short) 24).putInt(0).putInt(rowBytes * height);
    byte[] bytes = file.array();
    for (int y = 0; y < height; y++) {
      int from = y * width * 3;
      int to = HEADERS + (height - 1 - y) * rowBytes; // the lowest row comes first
      for (int end = from + width * 3; from < end; from += 3, to += 3) {
        bytes[to] = rgb[from + 2];
        bytes[to + 1] = rgb[from + 1];
        bytes[to + 2] = rgb[from];
      }
    }
    return bytes;
  }
}
