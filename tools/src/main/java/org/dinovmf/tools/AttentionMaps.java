package org.dinovmf.tools;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.dinovmf.graph.preprocessing.EvalTransform;
import org.dinovmf.savedmodel.Encoder;
import org.dinovmf.tools.page.Attention;
import org.dinovmf.training.data.BadImageException;
import org.dinovmf.training.data.DecodedImage;
import org.dinovmf.training.data.ImageDecoder;
import org.dinovmf.training.data.ImageFile;
import org.dinovmf.training.data.ImageResize;

/** Attention of image files. */
final class AttentionMaps {

  static final int IN_A_REPORT = 8;

  private AttentionMaps() {}

  /**
   * What is looked at: the square in the middle of an image, twice as large as in evaluation, for
   * more patches show more.
   */
  static EvalTransform standard(Encoder encoder) {
    EvalTransform transform = encoder.spec().transform();
    return new EvalTransform(2 * transform.resize(), 2 * transform.crop());
  }

  /** The maps of each image. */
  static List<Attention> of(
      Encoder encoder, EvalTransform transform, ImageDecoder decoder, List<ImageFile> files)
      throws IOException {
    List<Attention> maps = new ArrayList<>();
    for (ImageFile file : files) {
      try {
        DecodedImage seen = ImageResize.shorterSideAndCrop(decoder.decode(file), transform);
        maps.add(Attention.of(encoder, file.relativePath(), seen));
      } catch (BadImageException e) {
        throw new IOException("'%s' is damaged: %s".formatted(file.path(), e.getMessage()), e);
      }
    }
    return maps;
  }
}
