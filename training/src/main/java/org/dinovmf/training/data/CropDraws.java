package org.dinovmf.training.data;

import java.util.Optional;
import java.util.OptionalDouble;

/** Everything that is left to chance in one crop, drawn in the order of the operations. */
record CropDraws(
    Region region,
    boolean isMirrored,
    Optional<JitterDraws> jitter,
    boolean isGray,
    OptionalDouble blurRadius,
    boolean isSolarized) {

  /**
   * Draws what happens to a view of an image.
   *
   * @param width of the image
   * @param height of the image
   */
  static CropDraws draw(
      MultiCropConfig config, int view, int width, int height, CropRandom random) {
    Region region =
        Region.random(
            width, height, config.crop(view), config.minAspect(), config.maxAspect(), random);
    boolean isMirrored = random.nextBoolean(config.flipProbability());
    Optional<JitterDraws> jitter =
        random.nextBoolean(config.jitter().probability())
            ? Optional.of(JitterDraws.draw(config.jitter(), random))
            : Optional.empty();
    boolean isGray = random.nextBoolean(config.grayProbability());
    OptionalDouble blurRadius =
        random.nextBoolean(config.blurProbability(view))
            ? OptionalDouble.of(
                random.nextDouble(config.blur().minRadius(), config.blur().maxRadius()))
            : OptionalDouble.empty();
    boolean isSolarized = view == 1 && random.nextBoolean(config.solarize().probability());
    return new CropDraws(region, isMirrored, jitter, isGray, blurRadius, isSolarized);
  }
}
