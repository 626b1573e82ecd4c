package org.dinovmf.tools.features;

import org.dinovmf.graph.preprocessing.EvalTransform;
import org.dinovmf.savedmodel.Encoder;
import org.dinovmf.savedmodel.MissingAbilityException;
import org.dinovmf.savedmodel.Sizes;
import org.dinovmf.training.data.DecodedImage;
import org.dinovmf.training.data.ImageResize;
import org.dinovmf.training.data.MultiCrop;
import org.dinovmf.training.data.MultiCropConfig;

/** What an encoder sees of an image. */
public sealed interface Framing {

  /**
   * The part and size that the encoder sees.
   *
   * @param path name of the image, on which random choices depend
   */
  DecodedImage apply(DecodedImage image, String path);

  /** Tells it apart from every other. */
  String label();

  /**
   * Refuses an encoder that takes its own square alone.
   *
   * @throws MissingAbilityException unless it takes what this makes of images
   */
  default void requireServed(Encoder encoder) {
    if (encoder.sizes() == Sizes.FIXED) {
      throw new MissingAbilityException(
          "this model takes squares of %d pixels alone: export it with --sizes any, or use the run"
              .formatted(encoder.spec().transform().crop()));
    }
  }

  /** The square that the encoder is evaluated and served with. */
  record Evaluation(EvalTransform transform) implements Framing {

    @Override
    public DecodedImage apply(DecodedImage image, String path) {
      return ImageResize.shorterSideAndCrop(image, transform);
    }

    @Override
    public void requireServed(Encoder encoder) {
      // Every encoder takes its square.
    }

    @Override
    public String label() {
      return "resize %d, crop %d".formatted(transform.resize(), transform.crop());
    }
  }

  /**
   * A random part of the image in a square, mirrored half the time: another for each epoch; see
   * {@link MultiCropConfig#linearEvaluation}.
   *
   * @param side in pixels, that of the encoder's own square
   */
  record RandomCrop(int side, long seed, int epoch) implements Framing {

    @Override
    public DecodedImage apply(DecodedImage image, String path) {
      byte[] pixels = new byte[image.channels().count() * side * side];
      new MultiCrop(MultiCropConfig.linearEvaluation(side), seed)
          .apply(image, epoch, path, 0, pixels, 0);
      return new DecodedImage(side, side, image.channels(), pixels);
    }

    @Override
    public void requireServed(Encoder encoder) {
      // Every encoder takes its square.
    }

    @Override
    public String label() {
      return "random crop %d, seed %d, epoch %d".formatted(side, seed, epoch);
    }
  }

  /**
   * All of the image in a square, whatever its own aspect.
   *
   * @param side in pixels
   */
  record Square(int side) implements Framing {

    @Override
    public DecodedImage apply(DecodedImage image, String path) {
      return ImageResize.resize(image, side, side);
    }

    @Override
    public String label() {
      return "square %d".formatted(side);
    }
  }

  /**
   * The image within a bound and in its own aspect, never enlarged; then shrunk by a scale, and cut
   * at the right and below to whole patches.
   *
   * @param longerSide bound in pixels before scaling
   * @param scale in (0, 1]
   * @param patch in pixels
   */
  record Bounded(int longerSide, double scale, int patch) implements Framing {

    public Bounded {
      if (longerSide < patch || !(scale > 0 && scale <= 1)) {
        throw new IllegalArgumentException(
            "the longer side must be at least a patch of %d pixels and the scale in (0, 1]: %d, %s"
                .formatted(patch, longerSide, scale));
      }
    }

    @Override
    public DecodedImage apply(DecodedImage image, String path) {
      double bound = (double) longerSide / Math.max(image.width(), image.height());
      double factor = Math.min(1, bound) * scale;
      // An image that is less than a patch is enlarged to one.
      int width = Math.max(patch, (int) Math.round(image.width() * factor));
      int height = Math.max(patch, (int) Math.round(image.height() * factor));
      DecodedImage resized = ImageResize.resize(image, width, height);
      return ImageResize.crop(resized, 0, 0, width / patch * patch, height / patch * patch);
    }

    @Override
    public String label() {
      return "longer side %d, scale %s".formatted(longerSide, scale);
    }
  }

  /**
   * A frame of a video: the shorter side given, the longer in proportion and rounded down to a
   * multiple of 64 pixels; both to whole patches.
   *
   * @param shorterSide in pixels
   * @param patch in pixels
   */
  record Frame(int shorterSide, int patch) implements Framing {

    /** Of the published video evaluation; every usual patch size divides it. */
    private static final int STEP = 64;

    public Frame {
      if (shorterSide < Math.max(patch, STEP)) {
        throw new IllegalArgumentException(
            "the shorter side must be at least %d pixels, but is %d"
                .formatted(Math.max(patch, STEP), shorterSide));
      }
    }

    @Override
    public DecodedImage apply(DecodedImage image, String path) {
      ImageResize.requireFrame(image, path);
      double shorter = Math.min(image.width(), image.height());
      int width = side(image.width(), shorter);
      int height = side(image.height(), shorter);
      return ImageResize.resize(image, width, height);
    }

    private int side(int pixels, double shorter) {
      int side = pixels == shorter ? shorterSide : (int) (pixels * shorterSide / shorter);
      int stepped = pixels == shorter ? side : side / STEP * STEP;
      return stepped / patch * patch;
    }

    @Override
    public String label() {
      return "frame " + shorterSide;
    }
  }
}
