package org.dinovmf.tools;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.dinovmf.graph.preprocessing.EvalTransform;
import org.dinovmf.savedmodel.Encoder;
import org.dinovmf.tools.page.Attention;
import org.dinovmf.training.data.BadImageException;
import org.dinovmf.training.data.DataException;
import org.dinovmf.training.data.DecodedImage;
import org.dinovmf.training.data.ImageDecoder;
import org.dinovmf.training.data.ImageFile;
import org.dinovmf.training.data.ImageResize;

/**
 * Attention of image files.
 *
 * @param transform of which square is looked at
 * @param log gets a line for each image that is left out
 */
record AttentionMaps(
    Encoder encoder, EvalTransform transform, ImageDecoder decoder, Consumer<String> log) {

  static final int IN_A_REPORT = 8;

  /** Gets the maps of an image. */
  @FunctionalInterface
  interface Sink {
    void accept(Attention maps) throws IOException;
  }

  /**
   * What is looked at: the square in the middle of an image, twice as large as in evaluation, for
   * more patches show more.
   */
  static EvalTransform standard(Encoder encoder) {
    EvalTransform transform = encoder.spec().transform();
    return new EvalTransform(2 * transform.resize(), 2 * transform.crop());
  }

  /**
   * The maps of each image that can be read, one image at a time.
   *
   * @throws DataException if none can be read
   */
  void each(List<ImageFile> files, Sink sink) throws IOException {
    int read = 0;
    for (ImageFile file : files) {
      DecodedImage image;
      try {
        image = decoder.decode(file);
      } catch (BadImageException e) {
        log.accept("left out: %s: %s".formatted(file.relativePath(), e.getMessage()));
        continue;
      }
      DecodedImage seen = ImageResize.shorterSideAndCrop(image, transform);
      sink.accept(Attention.of(encoder, file.relativePath(), seen, square(image)));
      read++;
    }
    if (read == 0) {
      throw new DataException("every image that attention is asked for is bad");
    }
  }

  /** What is seen of an image, in its own pixels. */
  private DecodedImage square(DecodedImage image) {
    int shorter = Math.min(image.width(), image.height());
    int side =
        (int) Math.max(1, Math.round((double) shorter * transform.crop() / transform.resize()));
    int left = (image.width() - side) / 2;
    int top = (image.height() - side) / 2;
    return ImageResize.within(ImageResize.crop(image, left, top, side, side), Attention.MOST_SIDE);
  }

  /** The maps of few images. */
  List<Attention> all(List<ImageFile> files) throws IOException {
    List<Attention> maps = new ArrayList<>();
    each(files, maps::add);
    return maps;
  }
}
