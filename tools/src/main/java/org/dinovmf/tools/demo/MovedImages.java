package org.dinovmf.tools.demo;

import java.util.SplittableRandom;
import org.dinovmf.training.data.DecodedImage;

/**
 * Moves the object of an image: shift, scale, mirror image and brightness, drawn from a seed. What
 * a photographer does without thinking, and what raw pixels cannot bear.
 *
 * <p>Sampled bilinearly; what comes from outside the image is black.
 */
final class MovedImages {

  /** Of the side: 5 of 28 pixels. */
  private static final double MAX_SHIFT = 5.0 / 28;

  private static final double MIN_SCALE = 0.6;
  private static final double MAX_SCALE = 1.2;
  private static final double MIRROR_PROBABILITY = 0.5;
  private static final double MIN_BRIGHTNESS = 0.5;

  private MovedImages() {}

  /** One image moved by the next draws of {@code random}. */
  static DecodedImage move(DecodedImage image, SplittableRandom random) {
    double shiftX = random.nextDouble(-1, 1) * MAX_SHIFT * image.width();
    double shiftY = random.nextDouble(-1, 1) * MAX_SHIFT * image.height();
    double scale = random.nextDouble(MIN_SCALE, MAX_SCALE);
    boolean isMirrored = random.nextDouble() < MIRROR_PROBABILITY;
    double brightness = random.nextDouble(MIN_BRIGHTNESS, 1);

    byte[] moved = new byte[image.pixels().length];
    double centerX = (image.width() - 1) / 2.0;
    double centerY = (image.height() - 1) / 2.0;
    for (int y = 0; y < image.height(); y++) {
      double fromY = (y - centerY - shiftY) / scale + centerY;
      for (int x = 0; x < image.width(); x++) {
        double offsetX = (x - centerX - shiftX) / scale;
        double fromX = (isMirrored ? -offsetX : offsetX) + centerX;
        for (int channel = 0; channel < 3; channel++) {
          double value = brightness * sample(image, fromX, fromY, channel);
          moved[(y * image.width() + x) * 3 + channel] = (byte) Math.round(value);
        }
      }
    }
    return DecodedImage.color(image.width(), image.height(), moved);
  }

  private static double sample(DecodedImage image, double x, double y, int channel) {
    int left = (int) Math.floor(x);
    int top = (int) Math.floor(y);
    double right = x - left;
    double bottom = y - top;
    return (1 - bottom)
            * ((1 - right) * at(image, left, top, channel)
                + right * at(image, left + 1, top, channel))
        + bottom
            * ((1 - right) * at(image, left, top + 1, channel)
                + right * at(image, left + 1, top + 1, channel));
  }

  private static int at(DecodedImage image, int x, int y, int channel) {
    boolean isInside = x >= 0 && y >= 0 && x < image.width() && y < image.height();
    return isInside ? Byte.toUnsignedInt(image.pixels()[(y * image.width() + x) * 3 + channel]) : 0;
  }
}
