package org.dinovmf.training.data;

import org.dinovmf.graph.preprocessing.Channels;

/** From the channels that a decoder gives to those that are wanted. */
final class ChannelConversion {

  private static final byte OPAQUE = (byte) 255;

  private ChannelConversion() {}

  /**
   * The same picture with other channels.
   *
   * @param image in color, with or without alpha
   */
  static DecodedImage to(Channels wanted, DecodedImage image) {
    if (image.channels() == wanted) {
      return image;
    }
    return switch (wanted) {
      case GRAY -> gray(image);
      case COLOR -> color(image);
      case COLOR_AND_ALPHA -> opaque(image);
    };
  }

  private static DecodedImage gray(DecodedImage image) {
    byte[] from = image.pixels();
    byte[] to = new byte[image.width() * image.height()];
    int step = image.channels().count();
    for (int i = 0, at = 0; i < to.length; i++, at += step) {
      to[i] = (byte) ColorOps.luma(from[at] & 0xFF, from[at + 1] & 0xFF, from[at + 2] & 0xFF);
    }
    return new DecodedImage(image.width(), image.height(), Channels.GRAY, to);
  }

  private static DecodedImage color(DecodedImage image) {
    byte[] from = image.pixels();
    byte[] to = new byte[3 * image.width() * image.height()];
    for (int i = 0, at = 0; i < to.length; i += 3, at += 4) {
      System.arraycopy(from, at, to, i, 3);
    }
    return DecodedImage.color(image.width(), image.height(), to);
  }

  private static DecodedImage opaque(DecodedImage image) {
    byte[] from = image.pixels();
    byte[] to = new byte[Math.multiplyExact(4, image.width() * image.height())];
    for (int i = 0, at = 0; i < to.length; i += 4, at += 3) {
      System.arraycopy(from, at, to, i, 3);
      to[i + 3] = OPAQUE;
    }
    return new DecodedImage(image.width(), image.height(), Channels.COLOR_AND_ALPHA, to);
  }
}
