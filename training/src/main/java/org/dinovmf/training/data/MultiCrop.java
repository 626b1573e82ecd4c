package org.dinovmf.training.data;

import org.dinovmf.graph.preprocessing.Channels;
import org.dinovmf.training.data.MultiCropConfig.Crop;
import org.dinovmf.training.data.MultiCropConfig.Jitter;

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

  private static final int BRIGHTNESS = 0;
  private static final int CONTRAST = 1;
  private static final int SATURATION = 2;
  private static final int HUE = 3;

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
    Crop crop = config.crop(view);
    int side = crop.pixels();
    Region region =
        Region.random(
            image.width(), image.height(), crop, config.minAspect(), config.maxAspect(), random);
    int[] pixels = resampler.resize(image, region, side, side);
    Channels channels = image.channels();
    int shades = channels.shades();
    int count = shades * side * side;
    if (random.nextBoolean(config.flipProbability())) {
      ColorOps.mirror(pixels, side, side, channels.count());
    }
    boolean hasAlpha = channels == Channels.COLOR_AND_ALPHA;
    if (hasAlpha) {
      splitAlpha(pixels, side * side);
    }
    if (random.nextBoolean(config.jitter().probability())) {
      jitter(pixels, count, shades, random);
    }
    if (random.nextBoolean(config.grayProbability()) && shades > 1) {
      ColorOps.gray(pixels, count);
    }
    if (random.nextBoolean(config.blurProbability(view))) {
      double radius = random.nextDouble(config.blur().minRadius(), config.blur().maxRadius());
      blur.apply(pixels, side, side, shades, radius);
      if (hasAlpha) {
        blur.apply(alpha, side, side, 1, radius);
      }
    }
    if (view == 1 && random.nextBoolean(config.solarize().probability())) {
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

  private void jitter(int[] pixels, int count, int shades, CropRandom random) {
    Jitter jitter = config.jitter();
    int[] operations = shuffledOperations(random);
    double brightness = factor(jitter.brightness(), random);
    double contrast = factor(jitter.contrast(), random);
    double saturation = factor(jitter.saturation(), random);
    double hue = random.nextDouble(-jitter.hue(), jitter.hue());
    if (shades == 1) {
      jitterGray(pixels, count, operations, brightness, contrast);
      return;
    }
    for (int operation : operations) {
      switch (operation) {
        case BRIGHTNESS -> ColorOps.brightness(pixels, count, brightness);
        case CONTRAST -> ColorOps.contrast(pixels, count, contrast);
        case SATURATION -> ColorOps.saturation(pixels, count, saturation);
        case HUE -> HueShift.apply(pixels, count, hue);
        default -> throw new AssertionError(operation);
      }
    }
  }

  private static void jitterGray(
      int[] pixels, int count, int[] operations, double brightness, double contrast) {
    for (int operation : operations) {
      switch (operation) {
        case BRIGHTNESS -> ColorOps.brightness(pixels, count, brightness);
        case CONTRAST -> ColorOps.contrastOfGray(pixels, count, contrast);
        case SATURATION, HUE -> {} // gray has neither
        default -> throw new AssertionError(operation);
      }
    }
  }

  /** The four operations, every order as likely as any other (Fisher and Yates). */
  static int[] shuffledOperations(CropRandom random) {
    int[] operations = {BRIGHTNESS, CONTRAST, SATURATION, HUE};
    for (int last = operations.length - 1; last > 0; last--) {
      int other = random.nextInt(last + 1);
      int swapped = operations[last];
      operations[last] = operations[other];
      operations[other] = swapped;
    }
    return operations;
  }

  private static double factor(double strength, CropRandom random) {
    return random.nextDouble(Math.max(0, 1 - strength), 1 + strength);
  }
}
