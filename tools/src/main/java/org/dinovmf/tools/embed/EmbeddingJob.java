package org.dinovmf.tools.embed;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;

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
   * @param isFinished whether the files, other formats too, are whole and have their names
   */
  public record Summary(int rows, int done, int resumed, int bad, boolean isFinished) {}

  /**
   * Refuses a folder that holds what would be written, before anything slow is begun.
   *
   * @throws IOException naming the file that is in the way
   */
  public static void requireUnfinished(Path out, EmbeddingExport export) throws IOException {
    EmbeddingFiles.requireUnfinished(out, export.names());
  }

  /**
   * Embeds images into {@code embeddings.npy}, float32 {@code [images, dim]}, and {@code
   * images.csv}, whose line for each row says what it is of. A bad image has a row of NaN. Beside
   * them {@code embeddings.json} tells the encoder, where its test embedding is given.
   *
   * @param source what the embedder is and does; another one cannot continue
   * @param export what else is made of the rows once they are all there
   * @param testEmbedding by which the encoder is known: {@link TestPattern}
   * @param goOn told the number of rows done after each batch, and before each row and picture of
   *     another format; where it is false, the files stay as they are for a later run to go on
   */
  public static Summary run(
      RowEmbedder embedder,
      String source,
      EmbeddingExport export,
      Optional<float[]> testEmbedding,
      List<ImageRow> rows,
      Path out,
      IntPredicate goOn)
      throws IOException {
    EmbeddingProgress wanted =
        EmbeddingProgress.start(
            ImageRow.fingerprint(rows),
            source,
            export.config().decoding().allowsTruncated(),
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
      FinishedRows all =
          new FinishedRows(
              EmbeddingFiles.unfinished(out),
              rows,
              embedder.dimension(),
              source,
              () -> goOn.test(rows.size()));
      boolean isFinished = files.done() == rows.size() && export.write(all, out);
      if (isFinished) {
        files.finish(testEmbedding.map(EmbeddingOrigin::new));
      }
      return new Summary(rows.size(), files.done(), resumed, files.bad(), isFinished);
    }
  }
}
