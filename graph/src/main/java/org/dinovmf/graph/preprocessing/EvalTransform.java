package org.dinovmf.graph.preprocessing;

/**
 * Which part of an image an encoder sees when it is used rather than trained: the shorter side is
 * resized, then a square is cut from the center.
 *
 * @param resize length of the shorter side after resizing, in pixels
 * @param crop side of the square, at most {@code resize}
 */
public record EvalTransform(int resize, int crop) {

  /** The published evaluation resizes to 256 for a crop of 224; Caron et al. 2021. */
  private static final int PUBLISHED_RESIZE = 256;

  private static final int PUBLISHED_CROP = 224;

  public EvalTransform {
    if (crop < 1 || resize < crop) {
      throw new IllegalArgumentException(
          "the crop must be at least 1 and at most the resized side: resize=%d, crop=%d"
              .formatted(resize, crop));
    }
  }

  /** The published ratio of the two sides, such as 256 for a crop of 224. */
  public static EvalTransform published(int crop) {
    return new EvalTransform(
        (int) Math.round((double) crop * PUBLISHED_RESIZE / PUBLISHED_CROP), crop);
  }

  /** The largest square of the image: for small images, whose border is not to be lost. */
  public static EvalTransform whole(int side) {
    return new EvalTransform(side, side);
  }
}
