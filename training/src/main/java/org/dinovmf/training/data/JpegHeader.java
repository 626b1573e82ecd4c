package org.dinovmf.training.data;

import java.io.IOException;

/** The segments of a JPEG file before its picture data; ITU T.81, annex B. */
final class JpegHeader {

  private static final int START_OF_SCAN = 0xDA;
  private static final int END_OF_IMAGE = 0xD9;
  private static final int APP1 = 0xE1;

  private JpegHeader() {}

  static ImageHeader read(HeaderBytes bytes) throws IOException {
    long width = 0;
    long height = 0;
    int orientation = 1;
    long position = 2;
    while (true) {
      if (bytes.u8(position) != 0xFF) {
        throw new BadImageException("damaged header: no JPEG marker at byte " + position);
      }
      while (bytes.u8(position) == 0xFF) { // a marker may be padded with any number of these
        position++;
      }
      int marker = bytes.u8(position);
      position++;
      if (marker == START_OF_SCAN || marker == END_OF_IMAGE) {
        if (width == 0 && height == 0) {
          throw new BadImageException("damaged header: no picture size before the picture");
        }
        return new ImageHeader(width, height, orientation);
      }
      if (marker == 0x01 || (marker >= 0xD0 && marker <= 0xD7)) {
        continue; // stands alone, without a length
      }
      int length = bytes.u16be(position);
      if (length < 2) {
        throw new BadImageException(
            "damaged header: a JPEG segment of length %d at byte %d".formatted(length, position));
      }
      if (isStartOfFrame(marker)) {
        requireSupported(marker, bytes.u8(position + 2));
        height = bytes.u16be(position + 3);
        width = bytes.u16be(position + 5);
      } else if (marker == APP1 && bytes.has(position + 2, "Exif\0\0")) {
        orientation =
            TiffDirectory.orientation(
                bytes, position + 8, Math.min(position + length, bytes.length()));
      }
      position += length;
    }
  }

  /** 0xC0 to 0xCF, but for the tables (C4, CC) and a reserved value (C8). */
  private static boolean isStartOfFrame(int marker) {
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
  }

  private static void requireSupported(int marker, int precision) throws BadImageException {
    boolean isLossless = (marker & 3) == 3;
    boolean isHierarchical = (marker >= 0xC5 && marker <= 0xC7) || marker >= 0xCD;
    if (isLossless || isHierarchical || precision != 8) {
      throw new BadImageException(
          "JPEG of a rare kind (%s, %d bits) is not supported; convert it to an ordinary one"
              .formatted(
                  isLossless ? "lossless" : isHierarchical ? "hierarchical" : "sequential",
                  precision));
    }
  }
}
