package org.dinovmf.tools.embed;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.dinovmf.training.data.CsvLine;

/** Reads back what {@link EmbeddingJob} finished. */
public final class EmbeddedFolder {

  private static final int PATH = 1;
  private static final int REASON = 3;

  private EmbeddedFolder() {}

  /** Whether the files of a folder are finished. */
  public static boolean isFinished(Path folder) {
    return Files.exists(folder.resolve(EmbeddingFiles.EMBEDDINGS));
  }

  /**
   * By which the encoder is known; see {@link TestPattern}. Nothing where an earlier version of
   * this program wrote the files.
   */
  public static Optional<float[]> testEmbedding(Path folder) throws IOException {
    Path origin = folder.resolve(EmbeddingFiles.ORIGIN);
    return Files.exists(origin)
        ? Optional.of(EmbeddingOrigin.read(origin).testEmbedding())
        : Optional.empty();
  }

  /**
   * Everything in a folder.
   *
   * @param paths name of each image, as in {@code images.csv}
   */
  public record Content(List<String> paths, List<EmbeddedRow> rows) {
    public Content {
      paths = List.copyOf(paths);
      rows = List.copyOf(rows);
    }
  }

  /**
   * Reads a folder of any size.
   *
   * @throws IOException if it holds no finished embeddings, or they are damaged
   */
  public static Content readAll(Path folder) throws IOException {
    if (!isFinished(folder)) {
      throw new IOException(
          "'%s' holds no finished %s; make it with: dino-vmf embed --out %s"
              .formatted(folder, EmbeddingFiles.EMBEDDINGS, folder));
    }
    List<CsvLine> lines = CsvLine.readAll(folder.resolve(EmbeddingFiles.IMAGES));
    int count = lines.size() - 1;
    Path file = folder.resolve(EmbeddingFiles.EMBEDDINGS);
    int header = NpyHeader.of(count, 1).length; // the same for any width that fits in a row
    int dimension =
        count < 1 ? 0 : (int) ((Files.size(file) - header) / ((long) count * Float.BYTES));
    List<EmbeddedRow> rows = read(folder, count, dimension);
    List<String> paths = new ArrayList<>();
    lines.subList(1, lines.size()).forEach(line -> paths.add(line.fields().get(PATH)));
    return new Content(paths, rows);
  }

  /**
   * The rows of a folder.
   *
   * @param count how many there must be
   * @param dimension values that a row must have
   * @throws IOException if the files are damaged or of other sizes
   */
  public static List<EmbeddedRow> read(Path folder, int count, int dimension) throws IOException {
    Path file = folder.resolve(EmbeddingFiles.EMBEDDINGS);
    List<CsvLine> lines = CsvLine.readAll(folder.resolve(EmbeddingFiles.IMAGES));
    byte[] header = NpyHeader.of(count, dimension);
    long size = header.length + (long) count * dimension * Float.BYTES;
    List<EmbeddedRow> rows = new ArrayList<>();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      boolean isWhole =
          Files.size(file) == size && Arrays.equals(header, in.readNBytes(header.length));
      if (!isWhole || lines.size() != count + 1) {
        throw new IOException(
            "'%s' must hold %d rows of %d values and a line for each, but does not; remove it"
                .formatted(folder, count, dimension));
      }
      for (int i = 0; i < count; i++) {
        ByteBuffer bytes = ByteBuffer.wrap(in.readNBytes(dimension * Float.BYTES));
        float[] row = new float[dimension];
        bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(row);
        rows.add(new EmbeddedRow(row, lines.get(i + 1).fields().get(REASON)));
      }
    }
    return rows;
  }
}
