package org.dinovmf.tools.features;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.dinovmf.savedmodel.Encoder;
import org.dinovmf.savedmodel.MissingAbilityException;
import org.dinovmf.tools.embed.DecodedBatches;
import org.dinovmf.tools.embed.Digests;
import org.dinovmf.tools.embed.EmbedConfig;
import org.dinovmf.tools.embed.EmbeddedFolder;
import org.dinovmf.tools.embed.EmbeddedRow;
import org.dinovmf.tools.embed.EmbeddingExport;
import org.dinovmf.tools.embed.EmbeddingJob;
import org.dinovmf.tools.embed.ImageRow;

/**
 * Features of images by one encoder. With a cache, what was computed once is read back, and what
 * was stopped goes on.
 *
 * <p>Images that were bad in an earlier run are tried again.
 *
 * <p>A folder of the cache is named after the kind of features and a fingerprint of all that
 * decides them: the encoder, the kind, the framing, the rules of decoding, and path, length and
 * time of each image file. It holds {@code embeddings.npy} and {@code images.csv}, as {@code embed}
 * writes them, but not its third file: the name says which encoder it is.
 *
 * @param fingerprint of the encoder and its weights
 * @param cache folder of the cache, made when it is needed
 */
public record FeatureStore(
    Encoder encoder, String fingerprint, Optional<Path> cache, EmbedConfig config) {

  /** Raised when other features come of the same images. */
  private static final String FORMAT = "2";

  /** Digits of the fingerprint in a folder's name; the folder has the whole of it. */
  private static final int NAME_DIGITS = 16;

  /** The same encoder without a cache: for what is never asked for again. */
  public FeatureStore withoutCache() {
    return new FeatureStore(encoder, fingerprint, Optional.empty(), config);
  }

  /**
   * A row for each image, in order; NaN and a reason where one is bad.
   *
   * @param progress told how many are done
   * @throws MissingAbilityException if the encoder cannot serve the kind or the framing
   */
  public List<EmbeddedRow> rows(
      List<ImageRow> images, FeatureKind kind, Framing framing, IntConsumer progress)
      throws IOException {
    framing.requireServed(encoder);
    try (DecodedBatches<float[][][]> batches =
        new DecodedBatches<>(
            new DecodedBatches.Work<>(
                kind.dimension(encoder),
                encoder.spec().channels(),
                (image, path) -> Pixels.of(framing.apply(image, path)),
                pixels -> encode(pixels, kind)),
            config)) {
      if (cache.isPresent()) {
        return cached(cache.get(), images, kind, framing, batches, progress);
      }
      List<EmbeddedRow> all = new ArrayList<>();
      batches.embed(
          images,
          0,
          (first, rows) -> {
            all.addAll(rows);
            progress.accept(all.size());
            return true;
          });
      return all;
    }
  }

  private List<EmbeddedRow> cached(
      Path folder,
      List<ImageRow> images,
      FeatureKind kind,
      Framing framing,
      DecodedBatches<float[][][]> batches,
      IntConsumer progress)
      throws IOException {
    String sum = fingerprint(images, kind, framing);
    Path entry = folder.resolve(kind.label() + "-" + sum.substring(0, NAME_DIGITS));
    boolean isFromBefore = EmbeddedFolder.isFinished(entry);
    if (!isFromBefore) {
      EmbeddingJob.run(
          batches,
          sum,
          new EmbeddingExport(Set.of(), config),
          Optional.empty(),
          images,
          entry,
          done -> {
            progress.accept(done);
            return true;
          });
    }
    List<EmbeddedRow> rows =
        new ArrayList<>(EmbeddedFolder.read(entry, images.size(), batches.dimension()));
    if (isFromBefore) {
      retry(images, rows, batches);
    }
    return rows;
  }

  /** Once more what was bad: a disk or a permission may have failed for a while alone. */
  private static void retry(
      List<ImageRow> images, List<EmbeddedRow> rows, DecodedBatches<float[][][]> batches)
      throws IOException {
    List<Integer> bad =
        IntStream.range(0, rows.size()).filter(i -> rows.get(i).isBad()).boxed().toList();
    batches.embed(
        bad.stream().map(images::get).toList(),
        0,
        (first, found) -> {
          for (int i = 0; i < found.size(); i++) {
            rows.set(bad.get(first + i), found.get(i));
          }
          return true;
        });
  }

  private String fingerprint(List<ImageRow> images, FeatureKind kind, Framing framing)
      throws IOException {
    MessageDigest digest = Digests.sha256();
    List<String> words =
        List.of(
            FORMAT,
            fingerprint,
            kind.label(),
            framing.label(),
            encoder.spec().normalization().toString(),
            config.decoding().toString());
    for (String word : words) {
      add(digest, word);
    }
    for (ImageRow image : images) {
      add(digest, image.path());
      if (image.image().isPresent()) {
        Path file = image.image().get().path();
        add(digest, file.toAbsolutePath().normalize().toString());
        add(digest, Long.toString(image.image().get().length()));
        add(digest, Files.getLastModifiedTime(file).toString());
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void add(MessageDigest digest, String word) {
    digest.update(word.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) 0);
  }

  /** Images of equal size go through the encoder together. */
  private float[][] encode(List<float[][][]> images, FeatureKind kind) {
    float[][] rows = new float[images.size()][];
    int from = 0;
    while (from < rows.length) {
      int to = from + 1;
      while (to < rows.length && isSameSize(images.get(from), images.get(to))) {
        to++;
      }
      float[][][][] pixels = images.subList(from, to).toArray(float[][][][]::new);
      System.arraycopy(kind.rows(encoder, pixels), 0, rows, from, to - from);
      from = to;
    }
    return rows;
  }

  private static boolean isSameSize(float[][][] a, float[][][] b) {
    return a.length == b.length && a[0].length == b[0].length;
  }
}
