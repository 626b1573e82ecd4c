package org.dinovmf.tools.embed;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.dinovmf.graph.preprocessing.Channels;
import org.dinovmf.training.data.BadImageException;
import org.dinovmf.training.data.DecodedImage;
import org.dinovmf.training.data.ImageDecoder;

/**
 * Decodes and encodes images batch by batch; while one batch is in the encoder, the next is
 * decoded.
 *
 * <p>The decoder is that of training, so that every format it knows is read, upright.
 *
 * @param <P> what an encoder takes for an image
 */
public final class DecodedBatches<P> implements RowEmbedder, AutoCloseable {

  private final Work<P> work;
  private final int batchSize;
  private final ImageDecoder decoder;
  private final ExecutorService pool;

  /**
   * What is done to images.
   *
   * @param dimension values of a row
   * @param channels of the decoded images
   * @param prepare run for each image and the name that it has in the index, by several threads
   * @param encode a row for each of a batch of images, run by one thread
   */
  public record Work<P>(
      int dimension,
      Channels channels,
      BiFunction<DecodedImage, String, P> prepare,
      Function<List<P>, float[][]> encode) {}

  /** A prepared image, or the reason why there is none. */
  private record Decoded<P>(Optional<P> image, String reason) {}

  /** Opens a decoder and its threads. */
  public DecodedBatches(Work<P> work, EmbedConfig config) {
    this.work = work;
    this.batchSize = config.batchSize();
    this.decoder =
        new ImageDecoder(config.limits(), work.channels(), config.decoding(), config.threads());
    this.pool = Executors.newFixedThreadPool(config.threads());
  }

  @Override
  public int dimension() {
    return work.dimension();
  }

  @Override
  public void embed(List<ImageRow> rows, int from, Sink sink) throws IOException {
    List<Future<Decoded<P>>> next = submit(rows, from);
    for (int first = from; first < rows.size(); first += batchSize) {
      List<Future<Decoded<P>>> current = next;
      next = submit(rows, first + batchSize);
      if (!sink.accept(first, embed(current))) {
        return;
      }
    }
  }

  private List<Future<Decoded<P>>> submit(List<ImageRow> rows, int first) {
    int end = Math.min(rows.size(), first + batchSize);
    List<Future<Decoded<P>>> pending = new ArrayList<>();
    for (int i = first; i < end; i++) {
      ImageRow row = rows.get(i);
      Callable<Decoded<P>> task = () -> decode(row);
      pending.add(pool.submit(task));
    }
    return pending;
  }

  private Decoded<P> decode(ImageRow row) {
    if (row.image().isEmpty()) {
      return new Decoded<>(Optional.empty(), row.reason());
    }
    try {
      DecodedImage image = decoder.decode(row.image().get());
      return new Decoded<>(Optional.of(work.prepare().apply(image, row.path())), "");
    } catch (BadImageException e) {
      return new Decoded<>(Optional.empty(), e.getMessage());
    }
  }

  private List<EmbeddedRow> embed(List<Future<Decoded<P>>> pending) {
    List<Decoded<P>> decoded = new ArrayList<>();
    try {
      for (Future<Decoded<P>> image : pending) {
        decoded.add(image.get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while images were decoded", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("decoding failed: " + e.getCause().getMessage(), e);
    }
    List<P> readable = decoded.stream().flatMap(image -> image.image().stream()).toList();
    float[][] embeddings = work.encode().apply(readable);
    List<EmbeddedRow> rows = new ArrayList<>();
    int used = 0;
    for (Decoded<P> image : decoded) {
      rows.add(
          image.image().isPresent()
              ? checked(embeddings[used++])
              : EmbeddedRow.bad(dimension(), image.reason()));
    }
    return rows;
  }

  private EmbeddedRow checked(float[] embedding) {
    for (float value : embedding) {
      if (!Float.isFinite(value)) {
        return EmbeddedRow.bad(dimension(), "the model gives no finite embedding");
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
