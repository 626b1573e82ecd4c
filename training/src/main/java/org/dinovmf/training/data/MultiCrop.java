package org.dinovmf.training.data;

import org.dinovmf.graph.preprocessing.Channels;

/**
 * Makes the crops of an image: random region, mirror, color jitter, gray, blur, solarization, in
 * this order (DINO's DataAugmentationDINO). Every operation works on 8-bit values and rounds as the
 * usual Python image stack does. Keeps scratch memory, so each thread needs its own.
 *
 * <p>A gray image is treated as a color image whose channels are equal: saturation, hue and the
 * removal of color leave it as it is. Opacity is cut, resized, mirrored and blurred as the color
 * is, on its own and not multiplied into it, and no change of color touches it.
 */
public final class MultiCrop {

  private final MultiCropConfig config;
  private final long seed;
  private final Resampler resampler = new Resampler();
  private final GaussianBlur blur = new GaussianBlur();
  private int[] alpha = {};

  public MultiCrop(MultiCropConfig config, long seed) {
    this.config = config;
    this.seed = seed;
  }

  /**
   * Writes one crop.
   *
   * @param relativePath of the image: with seed, epoch and view it determines the crop
   * @param view 0 and 1 for the global crops, then the local ones
   * @param target gets {@code [pixels, pixels, channels]} unsigned bytes from {@code offset} on
   */
  public void apply(
      DecodedImage image, long epoch, String relativePath, int view, byte[] target, int offset) {
    CropRandom random = CropRandom.of(seed, epoch, relativePath, view);
    CropDraws draws = CropDraws.draw(config, view, image.width(), image.height(), random);
    int side = config.crop(view).pixels();
    int[] pixels = resampler.resize(image, draws.region(), side, side);
    Channels channels = image.channels();
    int shades = channels.shades();
    int count = shades * side * side;
    if (draws.isMirrored()) {
      ColorOps.mirror(pixels, side, side, channels.count());
    }
    boolean hasAlpha = channels == Channels.COLOR_AND_ALPHA;
    if (hasAlpha) {
      splitAlpha(pixels, side * side);
    }
    draws.jitter().ifPresent(jitter -> jitter(pixels, count, shades, jitter));
    if (draws.isGray() && shades > 1) {
      ColorOps.gray(pixels, count);
    }
    draws
        .blurRadius()
        .ifPresent(
            radius -> {
              blur.apply(pixels, side, side, shades, radius);
              if (hasAlpha) {
                blur.apply(alpha, side, side, 1, radius);
              }
            });
    if (draws.isSolarized()) {
      ColorOps.solarize(pixels, count, config.solarize().threshold());
    }
    if (hasAlpha) {
      writeWithAlpha(pixels, side * side, target, offset);
    } else {
      for (int i = 0; i < count; i++) {
        target[offset + i] = (byte) pixels[i];
      }
    }
  }

  /** Moves the opacity out, and the colors together. */
  private void splitAlpha(int[] pixels, int count) {
    if (alpha.length < count) {
      alpha = new int[count];
    }
    for (int i = 0; i < count; i++) {
      alpha[i] = pixels[4 * i + 3];
      System.arraycopy(pixels, 4 * i, pixels, 3 * i, 3);
    }
  }

  private void writeWithAlpha(int[] colors, int count, byte[] target, int offset) {
    int at = offset;
    for (int i = 0; i < count; i++) {
      target[at++] = (byte) colors[3 * i];
      target[at++] = (byte) colors[3 * i + 1];
      target[at++] = (byte) colors[3 * i + 2];
      target[at++] = (byte) alpha[i];
    }
  }

  private static void jitter(int[] pixels, int count, int shades, JitterDraws draws) {
    for (ColorOperation operation : draws.order()) {
      switch (operation) {
        case BRIGHTNESS -> ColorOps.brightness(pixels, count, draws.brightness());
        case CONTRAST -> contrast(pixels, count, shades, draws.contrast());
        case SATURATION -> {
          if (shades > 1) { // gray has none
            ColorOps.saturation(pixels, count, draws.saturation());
          }
        }
        case HUE -> {
          if (shades > 1) {
            HueShift.apply(pixels, count, draws.hue());
          }
        }
      }
    }
  }

  private static void contrast(int[] pixels, int count, int shades, double factor) {
    if (shades == 1) {
      ColorOps.contrastOfGray(pixels, count, factor);
    } else {
      ColorOps.contrast(pixels, count, factor);
    }
  }
}
