package org.dinovmf.training.data;

import org.dinovmf.graph.preprocessing.EvalTransform;

/**
 * Sizes of whole images, as Pillow resizes them: bicubic with antialiasing, each value a whole grey
 * level.
 */
public final class ImageResize {

  /** Of the longer side, in shorter sides: images are cut to it, and longer frames refused. */
  private static final int LONGEST = 16;

  private ImageResize() {}

  /** The image at another size; the aspect may change. */
  public static DecodedImage resize(DecodedImage image, int width, int height) {
    int[] values = new Resampler().resize(image, Region.whole(image), width, height);
    byte[] pixels = new byte[image.channels().count() * width * height];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) values[i];
    }
    return new DecodedImage(width, height, image.channels(), pixels);
  }

  /** The image in its own aspect, and no side longer than given; never enlarged. */
  public static DecodedImage within(DecodedImage image, int longest) {
    double factor = (double) longest / Math.max(image.width(), image.height());
    return factor >= 1
        ? image
        : resize(
            image,
            Math.max(1, (int) Math.round(image.width() * factor)),
            Math.max(1, (int) Math.round(image.height() * factor)));
  }

  /** A rectangle of the image. */
  public static DecodedImage crop(DecodedImage image, int left, int top, int width, int height) {
    if (left < 0 || top < 0 || left + width > image.width() || top + height > image.height()) {
      throw new IllegalArgumentException(
          "%d x %d pixels at (%d, %d) must lie in the image of %d x %d"
              .formatted(width, height, left, top, image.width(), image.height()));
    }
    int channels = image.channels().count();
    byte[] pixels = new byte[channels * width * height];
    for (int y = 0; y < height; y++) {
      int from = channels * ((top + y) * image.width() + left);
      System.arraycopy(image.pixels(), from, pixels, channels * width * y, channels * width);
    }
    return new DecodedImage(width, height, image.channels(), pixels);
  }

  /**
   * The shorter side resized, the longer in proportion and rounded down, then the square in the
   * middle, half a pixel going to the even side: torchvision's Resize and CenterCrop. Of an image
   * that is longer than 16 times its shorter side the middle alone is resized, or else a narrow
   * strip would become one that no memory holds; the square is then the same to half a pixel of the
   * image.
   */
  public static DecodedImage shorterSideAndCrop(DecodedImage whole, EvalTransform transform) {
    int shorter = Math.min(whole.width(), whole.height());
    DecodedImage image = middle(whole, (int) Math.min((long) LONGEST * shorter, Integer.MAX_VALUE));
    int width = (int) ((long) image.width() * transform.resize() / shorter);
    int height = (int) ((long) image.height() * transform.resize() / shorter);
    int crop = transform.crop();
    int left = (int) Math.rint((width - crop) / 2.0);
    int top = (int) Math.rint((height - crop) / 2.0);
    return crop(resize(image, width, height), left, top, crop, crop);
  }

  /**
   * Refuses a frame that is seen whole and longer than 16 times its shorter side: at the size of an
   * encoder it would have more patches than memory holds.
   *
   * @param name of the file
   * @throws DataException if it is longer
   */
  public static void requireFrame(DecodedImage image, String name) {
    long shorter = Math.min(image.width(), image.height());
    if (Math.max(image.width(), image.height()) > LONGEST * shorter) {
      throw new DataException(
          "frame '%s' must be at most %d times as long as its shorter side, but has %d x %d pixels; cut it"
              .formatted(name, LONGEST, image.width(), image.height()));
    }
  }

  /** The middle of an image one of whose sides is longer than given. */
  private static DecodedImage middle(DecodedImage image, int longest) {
    int width = Math.min(image.width(), longest);
    int height = Math.min(image.height(), longest);
    return width == image.width() && height == image.height()
        ? image
        : crop(image, (image.width() - width) / 2, (image.height() - height) / 2, width, height);
  }
}
