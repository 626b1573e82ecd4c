package org.dinovmf.training.data;

import java.util.Arrays;

/**
 * Cuts a GIF after its first frame. TensorFlow decodes all frames before it gives the first, so
 * that a small file with many frames could take all memory.
 */
final class GifFirstFrame {

  private static final int EXTENSION = 0x21;
  private static final int IMAGE = 0x2C;
  private static final byte TRAILER = 0x3B;

  private GifFirstFrame() {}

  /** The file up to the end of its first frame, and the trailer; GIF89a, appendix A. */
  static byte[] of(byte[] gif) throws BadImageException {
    int position = 13 + colorTableBytes(at(gif, 10));
    while (at(gif, position) == EXTENSION) {
      position = skipSubBlocks(gif, position + 2);
    }
    if (at(gif, position) != IMAGE) {
      throw new BadImageException("damaged: the GIF holds no picture");
    }
    // Separator, four sides, flags; then a color table, the code size and the data.
    int end = skipSubBlocks(gif, position + 10 + colorTableBytes(at(gif, position + 9)) + 1);
    byte[] first = Arrays.copyOf(gif, end + 1);
    first[end] = TRAILER;
    return first;
  }

  private static int colorTableBytes(int flags) {
    return (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);
  }

  /** The position after blocks that each begin with their length, the last with 0. */
  private static int skipSubBlocks(byte[] gif, int start) throws BadImageException {
    int position = start;
    while (at(gif, position) != 0) {
      position += at(gif, position) + 1;
    }
    return position + 1;
  }

  private static int at(byte[] gif, int position) throws BadImageException {
    if (position >= gif.length) {
      throw new BadImageException(
          "truncated: the first frame goes on after the end of the file at byte " + gif.length);
    }
    return gif[position] & 0xFF;
  }
}
