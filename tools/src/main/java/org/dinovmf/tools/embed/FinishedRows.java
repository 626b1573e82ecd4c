package org.dinovmf.tools.embed;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * The rows of a finished array, read one after the other.
 *
 * @param source what they were made by
 * @param goOn asked before each row, and before each picture that is made of an image; not while
 *     all these pictures are encoded as one
 */
public record FinishedRows(
    Path array, List<ImageRow> images, int dimension, String source, BooleanSupplier goOn) {

  /** Takes a row. */
  @FunctionalInterface
  public interface Consumer {

    /** Takes the embedding of an image; it is of this call alone. */
    void accept(ImageRow image, float[] embedding) throws IOException;
  }

  /**
   * Goes over every row, in order.
   *
   * @return whether all were taken; false after a stop
   */
  boolean forEach(Consumer consumer) throws IOException {
    float[] row = new float[dimension];
    try (InputStream in = new BufferedInputStream(Files.newInputStream(array))) {
      in.skipNBytes(NpyHeader.of(images.size(), dimension).length);
      for (ImageRow image : images) {
        if (!goOn.getAsBoolean()) {
          return false;
        }
        byte[] bytes = in.readNBytes(dimension * Float.BYTES);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(row);
        consumer.accept(image, row);
      }
      return true;
    }
  }

  /** Whether a row is that of an image without an embedding. */
  static boolean isBad(float[] embedding) {
    return Float.isNaN(embedding[0]);
  }
}
