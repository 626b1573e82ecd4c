package org.dinovmf.tools.embed;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import org.dinovmf.savedmodel.Encoder;
import org.dinovmf.training.data.DecodeRules;
import org.dinovmf.training.data.ImageIndex;

/** Writes the embeddings of a data set, going on where an earlier one was stopped. */
public final class EmbeddingJob {

  private EmbeddingJob() {}

  /**
   * What was written.
   *
   * @param rows of both files when they are finished
   * @param done rows that are written; fewer after a stop
   * @param resumed rows that an earlier run had written
   * @param bad images without an embedding among the rows written
   */
  public record Summary(int rows, int done, int resumed, int bad) {

    /** Whether the files are whole and have their names. */
    public boolean isFinished() {
      return done == rows;
    }
  }

  /**
   * Refuses a folder that holds finished embeddings already, before anything slow is begun.
   *
   * @throws IOException naming the file that is in the way
   */
  public static void requireUnfinished(Path out) throws IOException {
    EmbeddingFiles.requireUnfinished(out);
  }

  /**
   * Embeds every image of an index into {@code embeddings.npy}, float32 {@code [images, dim]}, and
   * {@code images.csv}, whose line for each row says what it is of. A bad image has a row of NaN.
   * Beside them {@code embeddings.json} tells the encoder.
   *
   * @param version folder that the encoder was loaded from; another content cannot continue
   * @param goOn told the number of rows done after each batch; where it is false, the files stay as
   *     they are for a later run to go on
   */
  public static Summary run(
      Encoder encoder,
      Path version,
      ImageIndex index,
      Path out,
      EmbedConfig config,
      IntPredicate goOn)
      throws IOException {
    try (BatchEmbedder embedder = new BatchEmbedder(encoder, config)) {
      return run(
          embedder,
          Digests.ofFolder(version),
          config.decoding(),
          ImageRow.of(index),
          out,
          goOn,
          Optional.of(new EmbeddingOrigin(TestPattern.embedding(encoder))));
    }
  }

  /**
   * Embeds images by any embedder, into the two files alone.
   *
   * @param source what the embedder is and does; another one cannot continue
   * @param decoding when the embedder takes an image for bad
   */
  public static Summary run(
      RowEmbedder embedder,
      String source,
      DecodeRules decoding,
      List<ImageRow> rows,
      Path out,
      IntPredicate goOn)
      throws IOException {
    return run(embedder, source, decoding, rows, out, goOn, Optional.empty());
  }

  private static Summary run(
      RowEmbedder embedder,
      String source,
      DecodeRules decoding,
      List<ImageRow> rows,
      Path out,
      IntPredicate goOn,
      Optional<EmbeddingOrigin> origin)
      throws IOException {
    EmbeddingProgress wanted =
        EmbeddingProgress.start(
            ImageRow.fingerprint(rows),
            source,
            decoding.allowsTruncated(),
            rows.size(),
            embedder.dimension());
    try (EmbeddingFiles files = EmbeddingFiles.open(out, wanted)) {
      int resumed = files.done();
      embedder.embed(
          rows,
          resumed,
          (first, embedded) -> {
            files.append(rows.subList(first, first + embedded.size()), embedded);
            return goOn.test(files.done());
          });
      Summary summary = new Summary(rows.size(), files.done(), resumed, files.bad());
      if (summary.isFinished()) {
        files.finish(origin);
      }
      return summary;
    }
  }
}
