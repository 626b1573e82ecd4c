package org.dinovmf.tools.embed;

import java.io.IOException;
import java.util.List;
import org.dinovmf.savedmodel.Bitmap;
import org.dinovmf.savedmodel.Encoder;

/**
 * Embeds images by the signature that takes whole files: decoded as in training, and then resized
 * by the model itself.
 */
public final class BatchEmbedder implements RowEmbedder, AutoCloseable {

  private final DecodedBatches<byte[]> batches;

  /**
   * Opens a decoder and its threads.
   *
   * @param encoder stays the caller's
   */
  public BatchEmbedder(Encoder encoder, EmbedConfig config) {
    batches =
        new DecodedBatches<>(
            new DecodedBatches.Work<>(
                encoder.dimension(),
                encoder.spec().channels(),
                (image, path) ->
                    Bitmap.of(image.width(), image.height(), image.channels(), image.pixels()),
                bitmaps -> encoder.embed(bitmaps.toArray(byte[][]::new))),
            config);
  }

  @Override
  public int dimension() {
    return batches.dimension();
  }

  @Override
  public void embed(List<ImageRow> rows, int from, Sink sink) throws IOException {
    batches.embed(rows, from, sink);
  }

  @Override
  public void close() {
    batches.close();
  }
}
