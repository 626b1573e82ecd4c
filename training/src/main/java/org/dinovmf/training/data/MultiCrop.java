package org.dinovmf.training.data;

import org.dinovmf.training.data.MultiCropConfig.Crop;
import org.dinovmf.training.data.MultiCropConfig.Jitter;

/**
 * Makes the crops of an image: random region, mirror, color jitter, gray, blur, solarization, in
 * this order (DINO's DataAugmentationDINO). Every operation works on 8-bit values and rounds as the
 * usual Python image stack does. Keeps scratch memory, so each thread needs its own.
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

  public MultiCrop(MultiCropConfig config, long seed) {
    this.config = config;
    this.seed = seed;
  }

  /**
   * Writes one crop.
   *
   * @param relativePath of the image: with seed, epoch and view it determines the crop
   * @param view 0 and 1 for the global crops, then the local ones
   * @param target gets {@code [pixels, pixels, 3]} unsigned bytes from {@code offset} on
   */
  public void apply(
      RgbImage image, long epoch, String relativePath, int view, byte[] target, int offset) {
    CropRandom random = CropRandom.of(seed, epoch, relativePath, view);
    Crop crop = config.crop(view);
    int side = crop.pixels();
    Region region =
        Region.random(
            image.width(), image.height(), crop, config.minAspect(), config.maxAspect(), random);
    int[] pixels = resampler.resize(image, region, side, side);
    int count = 3 * side * side;
    if (random.nextBoolean(config.flipProbability())) {
      ColorOps.mirror(pixels, side, side);
    }
    if (random.nextBoolean(config.jitter().probability())) {
      jitter(pixels, count, random);
    }
    if (random.nextBoolean(config.grayProbability())) {
      ColorOps.gray(pixels, count);
    }
    if (random.nextBoolean(config.blurProbability(view))) {
      double radius = random.nextDouble(config.blur().minRadius(), config.blur().maxRadius());
      blur.apply(pixels, side, side, radius);
    }
    if (view == 1 && random.nextBoolean(config.solarize().probability())) {
      ColorOps.solarize(pixels, count, config.solarize().threshold());
    }
    for (int i = 0; i < count; i++) {
      target[offset + i] = (byte) pixels[i];
    }
  }

  private void jitter(int[] pixels, int count, CropRandom random) {
    Jitter jitter = config.jitter();
    int[] operations = shuffledOperations(random);
    double brightness = factor(jitter.brightness(), random);
    double contrast = factor(jitter.contrast(), random);
    double saturation = factor(jitter.saturation(), random);
    double hue = random.nextDouble(-jitter.hue(), jitter.hue());
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
