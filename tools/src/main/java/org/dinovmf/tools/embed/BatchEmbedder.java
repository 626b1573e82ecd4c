package org.dinovmf.tools.embed;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.dinovmf.savedmodel.Bitmap;
import org.dinovmf.savedmodel.Encoder;
import org.dinovmf.training.data.BadImageException;
import org.dinovmf.training.data.ImageDecoder;
import org.dinovmf.training.data.RgbImage;

/**
 * Embeds images batch by batch; while one batch is in the encoder, the next is decoded.
 *
 * <p>The decoder is that of training, so that every format it knows is read, upright; the pixels
 * then take the resizing of the model.
 */
public final class BatchEmbedder implements AutoCloseable {

  private final Encoder encoder;
  private final int batchSize;
  private final ImageDecoder decoder;
  private final ExecutorService pool;

  /** Takes the rows of a batch. */
  @FunctionalInterface
  public interface Sink {
    /**
     * Takes the next rows, in order.
     *
     * @param first position of the first
     * @return whether to go on
     */
    boolean accept(int first, List<EmbeddedRow> rows) throws IOException;
  }

  /** A decoded image as a file that the model reads, or the reason why there is none. */
  @SuppressWarnings("ArrayRecordComponent") // handed over once
  private record Decoded(byte[] bitmap, String reason) {}

  /**
   * Opens a decoder and its threads.
   *
   * @param encoder stays the caller's
   */
  public BatchEmbedder(Encoder encoder, EmbedConfig config) {
    this.encoder = encoder;
    this.batchSize = config.batchSize();
    this.decoder = new ImageDecoder(config.limits(), config.threads());
    this.pool = Executors.newFixedThreadPool(config.threads());
  }

  /**
   * Embeds the rows from position {@code from} to the end, or until the sink has enough.
   *
   * @throws IOException what the sink throws
   */
  public void embed(List<ImageRow> rows, int from, Sink sink) throws IOException {
    List<Future<Decoded>> next = submit(rows, from);
    for (int first = from; first < rows.size(); first += batchSize) {
      List<Future<Decoded>> current = next;
      next = submit(rows, first + batchSize);
      if (!sink.accept(first, embed(current))) {
        return;
      }
    }
  }

  private List<Future<Decoded>> submit(List<ImageRow> rows, int first) {
    int end = Math.min(rows.size(), first + batchSize);
    List<Future<Decoded>> pending = new ArrayList<>();
    for (int i = first; i < end; i++) {
      ImageRow row = rows.get(i);
      Callable<Decoded> task = () -> decode(row);
      pending.add(pool.submit(task));
    }
    return pending;
  }

  private Decoded decode(ImageRow row) {
    if (row.image().isEmpty()) {
      return new Decoded(new byte[0], row.reason());
    }
    try {
      RgbImage image = decoder.decode(row.image().get());
      return new Decoded(Bitmap.of(image.width(), image.height(), image.pixels()), "");
    } catch (BadImageException e) {
      return new Decoded(new byte[0], e.getMessage());
    }
  }

  private List<EmbeddedRow> embed(List<Future<Decoded>> pending) {
    List<Decoded> decoded = new ArrayList<>();
    try {
      for (Future<Decoded> image : pending) {
        decoded.add(image.get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while images were decoded", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("decoding failed: " + e.getCause().getMessage(), e);
    }
    byte[][] readable =
        decoded.stream()
            .filter(image -> image.reason().isEmpty())
            .map(Decoded::bitmap)
            .toArray(byte[][]::new);
    float[][] embeddings = encoder.embed(readable);
    List<EmbeddedRow> rows = new ArrayList<>();
    int used = 0;
    for (Decoded image : decoded) {
      rows.add(
          image.reason().isEmpty()
              ? checked(embeddings[used++])
              : EmbeddedRow.bad(encoder.dimension(), image.reason()));
    }
    return rows;
  }

  private EmbeddedRow checked(float[] embedding) {
    for (float value : embedding) {
      if (!Float.isFinite(value)) {
        return EmbeddedRow.bad(encoder.dimension(), "the model gives no finite embedding");
      }
    }
    return new EmbeddedRow(embedding, "");
  }

  @Override
  public void close() {
    pool.shutdownNow();
    decoder.close();
  }
}
