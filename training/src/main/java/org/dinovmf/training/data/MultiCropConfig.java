package org.dinovmf.training.data;

/**
 * The multi-crop augmentation of DINO (Caron et al. 2021): two global crops and some local ones,
 * each cut at random, mirrored, changed in color, made gray, blurred; the second global crop is
 * also solarized. The operations are applied in this order.
 *
 * @param global the two global crops
 * @param local the local crops
 * @param localCrops how many local crops, 0 or more
 * @param minAspect least width over height of the region cut out
 * @param maxAspect greatest width over height of the region cut out
 * @param flipProbability of mirroring left to right
 * @param jitter changes of color
 * @param grayProbability of removing the color
 * @param blur Gaussian blur
 * @param solarize inversion of bright values, for the second global crop only
 */
public record MultiCropConfig(
    Crop global,
    Crop local,
    int localCrops,
    double minAspect,
    double maxAspect,
    double flipProbability,
    Jitter jitter,
    double grayProbability,
    Blur blur,
    Solarize solarize) {

  /** The number of global crops, fixed by the method: each is the other's target. */
  public static final int GLOBAL_CROPS = 2;

  public MultiCropConfig {
    new Faults()
        .require(localCrops >= 0, "localCrops must not be negative, but is " + localCrops)
        .require(
            minAspect > 0 && minAspect <= maxAspect && maxAspect < Double.POSITIVE_INFINITY,
            "aspect range must be 0 < min <= max, but is [%s, %s]".formatted(minAspect, maxAspect))
        .requireProbability("flipProbability", flipProbability)
        .requireProbability("grayProbability", grayProbability)
        .throwIfAny();
  }

  /**
   * A random region resized to a square.
   *
   * @param pixels side of the crop
   * @param minScale least share of the image's area
   * @param maxScale greatest share of the image's area
   */
  public record Crop(int pixels, double minScale, double maxScale) {

    public Crop {
      new Faults()
          .require(
              pixels >= 1 && pixels <= 4096, "crop size must be 1 to 4096 pixels, but is " + pixels)
          .require(
              minScale > 0 && minScale <= maxScale && maxScale <= 1,
              "crop scale must be 0 < min <= max <= 1, but is [%s, %s]"
                  .formatted(minScale, maxScale))
          .throwIfAny();
    }
  }

  /**
   * Changes of color, in random order; a strength s draws the factor from [max(0, 1 - s), 1 + s],
   * and the hue shift from [-hue, hue] turns of the color circle.
   */
  public record Jitter(
      double probability, double brightness, double contrast, double saturation, double hue) {

    public Jitter {
      new Faults()
          .requireProbability("jitter probability", probability)
          .require(isStrength(brightness), "brightness must be in [0, 10], but is " + brightness)
          .require(isStrength(contrast), "contrast must be in [0, 10], but is " + contrast)
          .require(isStrength(saturation), "saturation must be in [0, 10], but is " + saturation)
          .require(hue >= 0 && hue <= 0.5, "hue must be in [0, 0.5], but is " + hue)
          .throwIfAny();
    }

    private static boolean isStrength(double value) {
      return value >= 0 && value <= 10;
    }
  }

  /**
   * Gaussian blur with a probability per kind of crop and a standard deviation drawn from
   * [minRadius, maxRadius] pixels of the crop.
   */
  public record Blur(
      double firstGlobalProbability,
      double secondGlobalProbability,
      double localProbability,
      double minRadius,
      double maxRadius) {

    public Blur {
      new Faults()
          .requireProbability("blur probability of the first global crop", firstGlobalProbability)
          .requireProbability("blur probability of the second global crop", secondGlobalProbability)
          .requireProbability("blur probability of the local crops", localProbability)
          .require(
              minRadius >= 0 && minRadius <= maxRadius && maxRadius <= 100,
              "blur radius must be 0 <= min <= max <= 100, but is [%s, %s]"
                  .formatted(minRadius, maxRadius))
          .throwIfAny();
    }
  }

  /**
   * Solarization of the second global crop: values at or above the threshold are inverted.
   *
   * @param threshold 0 (inverts all) to 256 (inverts none)
   */
  public record Solarize(double probability, int threshold) {

    public Solarize {
      new Faults()
          .requireProbability("solarize probability", probability)
          .require(
              threshold >= 0 && threshold <= 256,
              "solarize threshold must be in [0, 256], but is " + threshold)
          .throwIfAny();
    }
  }

  /**
   * The defaults of DINO's training script: 2 crops of 224 pixels with 0.4 to 1 of the area, 8 of
   * 96 with 0.05 to 0.4, and the constants of its DataAugmentationDINO.
   */
  public static MultiCropConfig dino() {
    return new MultiCropConfig(
        new Crop(224, 0.4, 1.0),
        new Crop(96, 0.05, 0.4),
        8,
        3.0 / 4.0,
        4.0 / 3.0,
        0.5,
        new Jitter(0.8, 0.4, 0.4, 0.2, 0.1),
        0.2,
        new Blur(1.0, 0.1, 0.5, 0.1, 2.0),
        new Solarize(0.2, 128));
  }

  /**
   * The augmentation of the published linear evaluation (Caron et al. 2021): torchvision's
   * RandomResizedCrop with its default area and aspect, then a mirror image half the time. View 0
   * is the crop. Crops are resized by the bicubic filter of all crops; the published ones are by
   * torchvision's default, bilinear.
   */
  public static MultiCropConfig linearEvaluation(int pixels) {
    Crop crop = new Crop(pixels, 0.08, 1);
    return new MultiCropConfig(
        crop,
        crop,
        0,
        dino().minAspect(),
        dino().maxAspect(),
        0.5,
        new Jitter(0, 0, 0, 0, 0),
        0,
        new Blur(0, 0, 0, 0, 0),
        new Solarize(0, dino().solarize().threshold()));
  }

  /** The number of crops of one image, global and local. */
  public int views() {
    return GLOBAL_CROPS + localCrops;
  }

  /** The size and scale of a view: 0 and 1 are the global crops. */
  public Crop crop(int view) {
    return view < GLOBAL_CROPS ? global : local;
  }

  /** The probability that a view is blurred. */
  public double blurProbability(int view) {
    if (view == 0) {
      return blur.firstGlobalProbability();
    }
    return view == 1 ? blur.secondGlobalProbability() : blur.localProbability();
  }

  /** The same augmentation with other crops. */
  public MultiCropConfig withCrops(Crop newGlobal, Crop newLocal, int newLocalCrops) {
    return new MultiCropConfig(
        newGlobal,
        newLocal,
        newLocalCrops,
        minAspect,
        maxAspect,
        flipProbability,
        jitter,
        grayProbability,
        blur,
        solarize);
  }
}
