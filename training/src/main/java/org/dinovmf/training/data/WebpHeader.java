package org.dinovmf.training.data;

import java.io.IOException;

/** The header of a WebP file; RFC 9649, section 2, and RFC 6386, section 9.1. */
final class WebpHeader {

  private static final int HAS_EXIF = 0x08;

  private WebpHeader() {}

  static ImageHeader read(HeaderBytes bytes) throws IOException {
    if (bytes.u32le(4) + 8 > bytes.length()) {
      throw new BadImageException(
          "truncated: %d of %d bytes".formatted(bytes.length(), bytes.u32le(4) + 8));
    }
    if (bytes.has(12, "VP8 ")) {
      if (bytes.u24le(23) != 0x2A019D) {
        throw new BadImageException("damaged header: no VP8 start code");
      }
      return new ImageHeader(bytes.u16le(26) & 0x3FFF, bytes.u16le(28) & 0x3FFF, 1);
    }
    if (bytes.has(12, "VP8L")) {
      if (bytes.u8(20) != 0x2F) {
        throw new BadImageException("damaged header: no VP8L signature");
      }
      long sides = bytes.u32le(21);
      return new ImageHeader((sides & 0x3FFF) + 1, (sides >> 14 & 0x3FFF) + 1, 1);
    }
    if (!bytes.has(12, "VP8X")) {
      throw new BadImageException("damaged header: a WebP must begin with VP8, VP8L or VP8X");
    }
    boolean hasExif = (bytes.u8(20) & HAS_EXIF) != 0;
    return new ImageHeader(
        bytes.u24le(24) + 1L, bytes.u24le(27) + 1L, hasExif ? orientation(bytes) : 1);
  }

  private static int orientation(HeaderBytes bytes) throws IOException {
    long position = 12;
    while (position + 8 <= bytes.length()) {
      long length = bytes.u32le(position + 4);
      if (bytes.has(position, "EXIF")) {
        // Some writers keep the introduction that JPEG needs.
        long start = position + 8 + (bytes.has(position + 8, "Exif\0\0") ? 6 : 0);
        return TiffDirectory.orientation(
            bytes, start, Math.min(position + 8 + length, bytes.length()));
      }
      position += 8 + length + (length & 1); // chunks are padded to an even length
    }
    return 1;
  }
}
