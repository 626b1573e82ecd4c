package org.dinovmf.savedmodel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.dinovmf.graph.preprocessing.Channels;

/**
 * Uncompressed image files: the way by which pixels that were decoded elsewhere reach the resizing
 * of an exported model without loss.
 */
public final class Bitmap {

  private static final int FILE_HEADER = 14;
  private static final int HEADERS = FILE_HEADER + 40;

  private Bitmap() {}

  /**
   * A file that the model of these channels reads as these pixels: a BMP, or a PNG for opacity.
   *
   * @param pixels {@code [height, width, channels]}, each 0..255 as an unsigned byte
   */
  public static byte[] of(int width, int height, Channels channels, byte[] pixels) {
    long bytes = (long) channels.count() * width * height;
    if (width < 1 || height < 1 || pixels.length != bytes) {
      throw new IllegalArgumentException(
          "an image of %d x %d pixels must have %d bytes, but has %d"
              .formatted(width, height, bytes, pixels.length));
    }
    return switch (channels) {
      case GRAY -> bmp(width, height, repeated(pixels));
      case COLOR -> bmp(width, height, pixels);
      case COLOR_AND_ALPHA -> StoredPng.of(width, height, pixels);
    };
  }

  /** Each value three times. */
  private static byte[] repeated(byte[] gray) {
    byte[] rgb = new byte[Math.multiplyExact(3, gray.length)];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = gray[i / 3];
    }
    return rgb;
  }

  /** A BMP file of 24 bits a pixel. */
  private static byte[] bmp(int width, int height, byte[] rgb) {
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
