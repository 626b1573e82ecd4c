package org.dinovmf.training.data;

import org.dinovmf.graph.preprocessing.Channels;

/**
 * A decoded image.
 *
 * @param width in pixels
 * @param height in pixels
 * @param channels what a pixel holds
 * @param pixels {@code [height, width, channels]}, each 0..255 as an unsigned byte; not copied, so
 *     nobody may change it
 */
@SuppressWarnings("ArrayRecordComponent") // a view on pixels: copying them would double the memory
public record DecodedImage(int width, int height, Channels channels, byte[] pixels) {

  public DecodedImage {
    if (width < 1 || height < 1 || pixels.length != (long) channels.count() * width * height) {
      throw new IllegalArgumentException(
          "an image of %d x %d pixels must have %d bytes, but has %d"
              .formatted(width, height, (long) channels.count() * width * height, pixels.length));
    }
  }

  /** An image in red, green and blue. */
  public static DecodedImage color(int width, int height, byte[] rgb) {
    return new DecodedImage(width, height, Channels.COLOR, rgb);
  }
}
