package org.dinovmf.savedmodel;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** PNG files without compression. */
final class StoredPng {

  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  private static final byte BITS = 8;
  private static final byte COLOR_AND_ALPHA = 6;
  private static final int BUFFER = 1 << 16;

  private StoredPng() {}

  /**
   * A PNG file of 32 bits a pixel.
   *
   * @param rgba {@code [height, width, 4]}
   */
  static byte[] of(int width, int height, byte[] rgba) {
    ByteBuffer header = ByteBuffer.allocate(13).putInt(width).putInt(height);
    header.put(BITS).put(COLOR_AND_ALPHA); // then the usual compression, filter, no interlacing
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(SIGNATURE);
    writeChunk(file, "IHDR", header.array());
    writeChunk(file, "IDAT", stored(width, height, rgba));
    writeChunk(file, "IEND", new byte[0]);
    return file.toByteArray();
  }

  /** The rows, each behind the number of its filter, 0 for none. */
  private static byte[] stored(int width, int height, byte[] rgba) {
    int row = 4 * width;
    byte[] filtered = new byte[Math.multiplyExact(height, row + 1)];
    for (int y = 0; y < height; y++) {
      System.arraycopy(rgba, y * row, filtered, y * (row + 1) + 1, row);
    }
    Deflater deflater = new Deflater(Deflater.NO_COMPRESSION);
    try {
      deflater.setInput(filtered);
      deflater.finish();
      ByteArrayOutputStream data = new ByteArrayOutputStream(filtered.length);
      byte[] buffer = new byte[BUFFER];
      while (!deflater.finished()) {
        data.write(buffer, 0, deflater.deflate(buffer));
      }
      return data.toByteArray();
    } finally {
      deflater.end();
    }
  }

  private static void writeChunk(ByteArrayOutputStream file, String type, byte[] data) {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 sum = new CRC32();
    sum.update(name);
    sum.update(data);
    file.writeBytes(ByteBuffer.allocate(4).putInt(data.length).array());
    file.writeBytes(name);
    file.writeBytes(data);
    file.writeBytes(ByteBuffer.allocate(4).putInt((int) sum.getValue()).array());
  }
}
