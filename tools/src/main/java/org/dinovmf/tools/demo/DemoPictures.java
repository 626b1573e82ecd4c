package org.dinovmf.tools.demo;

import java.io.IOException;
import org.dinovmf.training.data.ImageDecoder;
import org.dinovmf.training.data.ImageIndex;

/**
 * The pictures that the demo measures on.
 *
 * @param bank the training pictures, whose classes vote
 * @param test those that are classified
 * @param moved the same as {@code test}, each moved
 */
record DemoPictures(Pictures bank, Pictures test, Pictures moved) {

  private static final long MOVE_SEED = 7;

  /** Decodes the shipped images. */
  static DemoPictures of(ImageIndex train, ImageIndex test, int threads) throws IOException {
    try (ImageDecoder decoder = ImageDecoder.standard(threads)) {
      Pictures still = Pictures.of(test, decoder);
      return new DemoPictures(Pictures.of(train, decoder), still, still.moved(MOVE_SEED));
    }
  }
}
