package org.dinovmf.training.data;

import java.io.IOException;

/**
 * The three entries of interest in the first directory of a TIFF structure, which is also the form
 * of EXIF data; TIFF 6.0, section 2.
 *
 * @param width tag 256, or 0 where it is missing
 * @param height tag 257, or 0 where it is missing
 * @param orientation tag 274, or 1 where it is missing or senseless
 */
record TiffDirectory(long width, long height, int orientation) {

  private static final int WIDTH = 256;
  private static final int HEIGHT = 257;
  private static final int ORIENTATION = 274;
  private static final int SHORT = 3;
  private static final int LONG = 4;

  ImageHeader header() {
    return new ImageHeader(width, height, orientation);
  }

  /** The orientation in EXIF data, or 1 where the data is damaged: the picture may be whole. */
  static int orientation(HeaderBytes bytes, long start, long end) throws IOException {
    try {
      return read(bytes, start, end).orientation;
    } catch (BadImageException e) {
      return 1;
    }
  }

  /**
   * Reads the first directory.
   *
   * @param start of the TIFF structure, from which its offsets count
   * @param end of the structure
   */
  static TiffDirectory read(HeaderBytes bytes, long start, long end) throws IOException {
    boolean isLittle = bytes.has(start, "II*\0");
    if (!isLittle && !bytes.has(start, "MM\0*")) {
      throw new BadImageException("damaged header: no TIFF structure");
    }
    long directory = start + u32(bytes, start + 4, isLittle);
    if (directory + 2 > end) {
      throw new BadImageException("truncated: the TIFF directory lies after the end of the file");
    }
    int entries = u16(bytes, directory, isLittle);
    if (directory + 2 + 12L * entries > end) {
      throw new BadImageException("truncated: the TIFF directory ends after the end of the file");
    }
    long width = 0;
    long height = 0;
    long orientation = 1;
    for (int i = 0; i < entries; i++) {
      long entry = directory + 2 + 12L * i;
      int tag = u16(bytes, entry, isLittle);
      int type = u16(bytes, entry + 2, isLittle);
      if (type != SHORT && type != LONG) {
        continue;
      }
      long value =
          type == SHORT ? u16(bytes, entry + 8, isLittle) : u32(bytes, entry + 8, isLittle);
      if (tag == WIDTH) {
        width = value;
      } else if (tag == HEIGHT) {
        height = value;
      } else if (tag == ORIENTATION) {
        orientation = value;
      }
    }
    boolean isKnown = orientation >= 1 && orientation <= 8;
    return new TiffDirectory(width, height, isKnown ? (int) orientation : 1);
  }

  private static int u16(HeaderBytes bytes, long position, boolean isLittle) throws IOException {
    return isLittle ? bytes.u16le(position) : bytes.u16be(position);
  }

  private static long u32(HeaderBytes bytes, long position, boolean isLittle) throws IOException {
    return isLittle ? bytes.u32le(position) : bytes.u32be(position);
  }
}
