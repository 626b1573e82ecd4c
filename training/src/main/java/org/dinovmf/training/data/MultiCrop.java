package org.dinovmf.training.data;

/**
 * Makes the crops of an image: random region, mirror, color jitter, gray, blur, solarization, in
 * this order (DINO's DataAugmentationDINO). Every operation works on 8-bit values and rounds as the
 * usual Python image stack does. Keeps scratch memory, so each thread needs its own.
 */
public final class MultiCrop {

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
    CropDraws draws = CropDraws.draw(config, view, image.width(), image.height(), random);
    int side = config.crop(view).pixels();
    int[] pixels = resampler.resize(image, draws.region(), side, side);
    int count = 3 * side * side;
    if (draws.isMirrored()) {
      ColorOps.mirror(pixels, side, side);
    }
    draws.jitter().ifPresent(jitter -> jitter(pixels, count, jitter));
    if (draws.isGray()) {
      ColorOps.gray(pixels, count);
    }
    draws.blurRadius().ifPresent(radius -> blur.apply(pixels, side, side, radius));
    if (draws.isSolarized()) {
      ColorOps.solarize(pixels, count, config.solarize().threshold());
    }
    for (int i = 0; i < count; i++) {
      target[offset + i] = (byte) pixels[i];
    }
  }

  private static void jitter(int[] pixels, int count, JitterDraws draws) {
    for (ColorOperation operation : draws.order()) {
      switch (operation) {
        case BRIGHTNESS -> ColorOps.brightness(pixels, count, draws.brightness());
        case CONTRAST -> ColorOps.contrast(pixels, count, draws.contrast());
        case SATURATION -> ColorOps.saturation(pixels, count, draws.saturation());
        case HUE -> HueShift.apply(pixels, count, draws.hue());
      }
    }
  }
}
