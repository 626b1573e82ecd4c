package org.dinovmf.graph.preprocessing;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The EXIF orientation of a JPEG or PNG file in memory, which {@link BatchDecode} takes beside the
 * file; CIPA DC-008, section 4.6.4.
 */
public final class RotationTag {

  /** Nothing to do. */
  public static final int UPRIGHT = 1;

  private static final int LARGEST = 8;

  private static final int TAG = 274;
  private static final int SHORT = 3;
  private static final byte[] EXIF = "Exif\0\0".getBytes(StandardCharsets.US_ASCII);
  private static final int PNG_START = 0x89504E47;
  private static final int PNG_EXIF = 0x65584966;
  private static final int JPEG_START = 0xFFD8;
  private static final int APP1 = 0xFFE1;
  private static final int START_OF_SCAN = 0xFFDA;

  private RotationTag() {}

  /** 1 to 8; 1 where there is no tag or it is damaged, for the picture may be whole. */
  public static int of(byte[] file) {
    ByteBuffer bytes = ByteBuffer.wrap(file);
    try {
      if (bytes.remaining() >= 8 && bytes.getInt(0) == PNG_START) {
        return png(bytes.position(8));
      }
      return bytes.remaining() >= 2 && (bytes.getShort() & 0xffff) == JPEG_START
          ? jpeg(bytes)
          : UPRIGHT;
    } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
      return UPRIGHT; // the file ends within its header
    }
  }

  private static int jpeg(ByteBuffer bytes) {
    while (true) {
      int marker = bytes.getShort() & 0xffff;
      while (marker == 0xffff) { // a marker may be padded with any number of these
        marker = 0xff00 | (bytes.get() & 0xff);
      }
      if (marker < 0xff00 || marker == START_OF_SCAN) {
        return UPRIGHT;
      }
      int length = (bytes.getShort() & 0xffff) - 2;
      ByteBuffer segment = bytes.slice(bytes.position(), length);
      if (marker == APP1
          && length > EXIF.length
          && segment.slice(0, EXIF.length).equals(ByteBuffer.wrap(EXIF))) {
        return tiff(segment.slice(EXIF.length, length - EXIF.length));
      }
      bytes.position(bytes.position() + length);
    }
  }

  private static int png(ByteBuffer bytes) {
    while (true) {
      int length = bytes.getInt();
      if (bytes.getInt() == PNG_EXIF) {
        return tiff(bytes.slice(bytes.position(), length));
      }
      bytes.position(bytes.position() + length + 4); // and the checksum
    }
  }

  private static int tiff(ByteBuffer tiff) {
    tiff.order(tiff.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    int directory = tiff.getInt(4);
    int entries = tiff.getShort(directory) & 0xffff;
    for (int i = 0; i < entries; i++) {
      int entry = directory + 2 + 12 * i;
      if ((tiff.getShort(entry) & 0xffff) == TAG && tiff.getShort(entry + 2) == SHORT) {
        int value = tiff.getShort(entry + 8);
        return value >= UPRIGHT && value <= LARGEST ? value : UPRIGHT;
      }
    }
    return UPRIGHT;
  }
}
