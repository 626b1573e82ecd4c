package org.dinovmf.training.data;

/**
 * A decoded image.
 *
 * @param width in pixels
 * @param height in pixels
 * @param pixels {@code [height, width, 3]}, red, green, blue, each 0..255 as an unsigned byte; not
 *     copied, so nobody may change it
 */
@SuppressWarnings("ArrayRecordComponent") // a view on pixels: copying them would double the memory
public record RgbImage(int width, int height, byte[] pixels) {

  public RgbImage {
    if (width < 1 || height < 1 || pixels.length != 3L * width * height) {
      throw new IllegalArgumentException(
          "an image of %d x %d pixels must have %d bytes, but has %d"
              .formatted(width, height, 3L * width * height, pixels.length));
    }
  }
}
