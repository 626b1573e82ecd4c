package org.dinovmf.training.data;

import java.util.Arrays;

/**
 * Ends a JPEG file whose end is missing after its last whole segment, or within its picture data;
 * the decoder fills what is missing. ITU T.81, annex B.
 *
 * <p>TensorFlow's own option for this reads beyond the end of progressive files and may not come
 * back.
 */
final class JpegRepair {

  private static final int START_OF_SCAN = 0xDA;
  private static final int END_OF_IMAGE = 0xD9;

  private JpegRepair() {}

  /**
   * The repaired file.
   *
   * @param file whose header was read and found good
   * @throws BadImageException if there are no picture data at all
   */
  static byte[] of(byte[] file) throws BadImageException {
    boolean hasPicture = false;
    int position = 2;
    int whole = position;
    while (position + 4 <= file.length) {
      if (u8(file, position) != 0xFF) {
        break; // damage between two segments: what came before it is good
      }
      int marker = u8(file, position + 1);
      if (marker == 0xFF) { // padding before a marker
        position++;
        continue;
      }
      if (marker == END_OF_IMAGE) {
        break;
      }
      int end = position + 2 + (u8(file, position + 2) << 8 | u8(file, position + 3));
      if (end >= file.length) {
        break;
      }
      position = end;
      if (marker == START_OF_SCAN) {
        position = endOfScan(file, end);
        hasPicture = true;
      }
      whole = position;
    }
    if (!hasPicture) {
      throw new BadImageException("truncated before the first pixel");
    }
    byte[] repaired = Arrays.copyOf(file, whole + 2);
    repaired[whole] = (byte) 0xFF;
    repaired[whole + 1] = (byte) END_OF_IMAGE;
    return repaired;
  }

  /** The place of the next marker but those within a scan: a stuffed 0, and restarts. */
  private static int endOfScan(byte[] file, int begin) {
    for (int i = begin; i + 1 < file.length; i++) {
      int next = u8(file, i + 1);
      if (u8(file, i) == 0xFF && next != 0 && next != 0xFF && (next < 0xD0 || next > 0xD7)) {
        return i;
      }
    }
    // A last half of a marker goes.
    return u8(file, file.length - 1) == 0xFF ? file.length - 1 : file.length;
  }

  private static int u8(byte[] file, int position) {
    return file[position] & 0xFF;
  }
}
