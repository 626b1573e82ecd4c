package org.dinovmf.training.data;

import java.io.IOException;

/** The headers of the formats that begin with the size of the picture. */
final class SimpleHeaders {

  private SimpleHeaders() {}

  /** PNG specification, sections 5.3 and 11: the chunk IHDR, then chunks up to the picture data. */
  static ImageHeader png(HeaderBytes bytes) throws IOException {
    if (bytes.u32be(8) != 13 || !bytes.has(12, "IHDR")) {
      throw new BadImageException("damaged header: a PNG must begin with the chunk IHDR");
    }
    long width = bytes.u32be(16);
    long height = bytes.u32be(20);
    int orientation = 1;
    long position = 8;
    while (!bytes.has(position + 4, "IDAT")) {
      long length = bytes.u32be(position);
      if (bytes.has(position + 4, "IEND")) {
        throw new BadImageException("damaged: the PNG holds no picture data");
      }
      if (bytes.has(position + 4, "eXIf")) {
        orientation =
            TiffDirectory.orientation(
                bytes, position + 8, Math.min(position + 8 + length, bytes.length()));
      }
      position += length + 12; // length, type and checksum have 4 bytes each
    }
    return new ImageHeader(width, height, orientation);
  }

  /** GIF89a specification, section 18: the logical screen. */
  static ImageHeader gif(HeaderBytes bytes) throws IOException {
    return new ImageHeader(bytes.u16le(6), bytes.u16le(8), 1);
  }

  /** BITMAPFILEHEADER, then BITMAPCOREHEADER (12 bytes) or one of the longer headers. */
  static ImageHeader bmp(HeaderBytes bytes) throws IOException {
    long dataOffset = bytes.u32le(10);
    boolean isCore = bytes.u32le(14) == 12;
    long width = isCore ? bytes.u16le(18) : (int) bytes.u32le(18);
    // A negative height means rows from top to bottom.
    long height = isCore ? bytes.u16le(20) : Math.abs((long) (int) bytes.u32le(22));
    int bits = bytes.u16le(isCore ? 24 : 28);
    boolean isPlain = isCore || bytes.u32le(30) == 0 || bytes.u32le(30) == 3;
    long rowBytes = (width * bits + 31) / 32 * 4;
    // As a quotient: the product of two hostile sides can overflow.
    if (isPlain
        && width > 0
        && height > 0
        && rowBytes > 0
        && (bytes.length() - dataOffset) / rowBytes < height) {
      throw new BadImageException(
          "truncated: %d rows of %d bytes do not fit a file of %d bytes"
              .formatted(height, rowBytes, bytes.length()));
    }
    return new ImageHeader(width, height, 1);
  }
}
