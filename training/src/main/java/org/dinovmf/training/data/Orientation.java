package org.dinovmf.training.data;

/** Turns and mirrors pictures as the EXIF tag of that name asks; CIPA DC-008, section 4.6.4. */
final class Orientation {

  private Orientation() {}

  /**
   * The picture as it is to be seen.
   *
   * @param orientation 1 (nothing to do) to 8
   */
  static DecodedImage upright(DecodedImage stored, int orientation) {
    if (orientation == 1) {
      return stored;
    }
    int w = stored.width();
    int h = stored.height();
    boolean isTurned = orientation > 4;
    int width = isTurned ? h : w;
    int height = isTurned ? w : h;
    int channels = stored.channels().count();
    byte[] from = stored.pixels();
    byte[] to = new byte[from.length];
    int target = 0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int pixel =
            switch (orientation) {
              case 2 -> y * w + (w - 1 - x);
              case 3 -> (h - 1 - y) * w + (w - 1 - x);
              case 4 -> (h - 1 - y) * w + x;
              case 5 -> x * w + y;
              case 6 -> (h - 1 - x) * w + y;
              case 7 -> (h - 1 - x) * w + (w - 1 - y);
              case 8 -> x * w + (w - 1 - y);
              default ->
                  throw new IllegalArgumentException(
                      "orientation must be 1 to 8, but is " + orientation);
            };
        System.arraycopy(from, channels * pixel, to, target, channels);
        target += channels;
      }
    }
    return new DecodedImage(width, height, stored.channels(), to);
  }
}
