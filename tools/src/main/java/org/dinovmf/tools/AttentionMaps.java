package org.dinovmf.tools;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.dinovmf.graph.preprocessing.EvalTransform;
import org.dinovmf.savedmodel.Encoder;
import org.dinovmf.savedmodel.Sizes;
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
   * The maps of the square in the middle of each image, twice as large as in evaluation where the
   * encoder takes that: more patches show more.
   */
  static List<Attention> of(Encoder encoder, ImageDecoder decoder, List<ImageFile> files)
      throws IOException {
    EvalTransform transform = encoder.spec().transform();
    int factor = encoder.sizes() == Sizes.ANY ? 2 : 1;
    EvalTransform large = new EvalTransform(factor * transform.resize(), factor * transform.crop());
    List<Attention> maps = new ArrayList<>();
    for (ImageFile file : files) {
      try {
        DecodedImage seen = ImageResize.shorterSideAndCrop(decoder.decode(file), large);
        maps.add(Attention.of(encoder, file.relativePath(), seen));
      } catch (BadImageException e) {
        throw new IOException("'%s' is damaged: %s".formatted(file.path(), e.getMessage()), e);
      }
    }
    return maps;
  }
}
