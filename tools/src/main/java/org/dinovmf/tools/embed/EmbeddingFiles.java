package org.dinovmf.tools.embed;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.dinovmf.training.checkpoint.WriteLock;

/**
 * {@code embeddings.npy} and {@code images.csv} of a folder, row by row aligned, and beside them
 * {@code embeddings.json}, which tells the encoder.
 *
 * <p>The two grow under other names beside a note of how far they are, so that a stopped program
 * goes on where it was, and take their names when they are whole.
 */
final class EmbeddingFiles implements AutoCloseable {

  static final String EMBEDDINGS = "embeddings.npy";
  static final String IMAGES = "images.csv";

  /** By which encoder they are; not where they are kept in a cache, whose names say so. */
  static final String ORIGIN = "embeddings.json";

  private static final String PARTIAL = ".partial";
  private static final String PROGRESS = "embed-progress.json";
  private static final List<String> COLUMNS = List.of("row", "path", "status", "reason");

  private final Path folder;
  private final FileChannel embeddings;
  private final FileChannel images;
  private EmbeddingProgress progress;

  private EmbeddingFiles(
      Path folder, FileChannel embeddings, FileChannel images, EmbeddingProgress progress) {
    this.folder = folder;
    this.embeddings = embeddings;
    this.images = images;
    this.progress = progress;
  }

  /**
   * Refuses a folder that holds a file of a name that will be taken; nothing else there is touched.
   *
   * @param others names besides those of the pair
   */
  static void requireUnfinished(Path folder, Collection<String> others) throws IOException {
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new IOException("'%s' must be a folder, but is a file".formatted(folder));
    }
    // The embeddings take their name last, so that name alone means a finished pair.
    boolean isBegun = Files.exists(folder.resolve(PROGRESS));
    List<String> names =
        new ArrayList<>(isBegun ? List.of(EMBEDDINGS) : List.of(EMBEDDINGS, IMAGES));
    names.addAll(others);
    for (String name : names) {
      if (Files.exists(folder.resolve(name))) {
        throw new IOException(
            "'%s' exists already; remove it or choose another --out"
                .formatted(folder.resolve(name)));
      }
    }
  }

  /**
   * Opens the files, where they were left or new.
   *
   * @param wanted the start of what they shall hold
   * @throws IOException if the folder holds embeddings of other images or by another model, or if
   *     another program is writing there
   */
  static EmbeddingFiles open(Path folder, EmbeddingProgress wanted) throws IOException {
    requireUnfinished(folder, List.of());
    Files.createDirectories(folder);
    Path note = folder.resolve(PROGRESS);
    FileChannel embeddings = channel(unfinished(folder));
    FileChannel images = channel(folder.resolve(IMAGES + PARTIAL));
    EmbeddingFiles files = new EmbeddingFiles(folder, embeddings, images, wanted);
    try {
      WriteLock.hold(embeddings, "another program is writing embeddings to '%s'".formatted(folder));
      if (Files.exists(note)) {
        files.resume(EmbeddingProgress.read(note), wanted);
      } else {
        files.begin();
      }
      return files;
    } catch (IOException e) {
      files.close();
      throw e;
    }
  }

  /** Rows that need not be embedded again. */
  int done() {
    return progress.done();
  }

  /** Rows without an embedding among these. */
  int bad() {
    return progress.bad();
  }

  /** Appends rows to both files. */
  void append(List<ImageRow> rows, List<EmbeddedRow> embedded) throws IOException {
    ByteBuffer values =
        ByteBuffer.allocate(embedded.size() * progress.dimension() * Float.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    StringBuilder lines = new StringBuilder();
    int bad = 0;
    for (int i = 0; i < embedded.size(); i++) {
      EmbeddedRow row = embedded.get(i);
      for (float value : row.embedding()) {
        values.putFloat(value);
      }
      bad += row.isBad() ? 1 : 0;
      lines.append(
          Csv.line(
              List.of(
                  Integer.toString(progress.done() + i),
                  rows.get(i).path(),
                  row.isBad() ? "bad" : "ok",
                  row.reason())));
    }
    writeAll(embeddings, values.flip());
    writeAll(images, ByteBuffer.wrap(lines.toString().getBytes(StandardCharsets.UTF_8)));
    progress =
        progress.after(progress.done() + embedded.size(), progress.bad() + bad, images.position());
    progress.write(folder.resolve(PROGRESS));
  }

  /** Where the array is until it is finished. */
  static Path unfinished(Path folder) {
    return folder.resolve(EMBEDDINGS + PARTIAL);
  }

  /**
   * Gives both files their names; every row must be there.
   *
   * @param origin written before
   */
  void finish(Optional<EmbeddingOrigin> origin) throws IOException {
    if (progress.done() != progress.rows()) {
      throw new IllegalStateException(
          "%d of %d rows are missing"
              .formatted(progress.rows() - progress.done(), progress.rows()));
    }
    if (origin.isPresent()) {
      origin.get().write(folder.resolve(ORIGIN));
    }
    images.force(true);
    embeddings.force(true);
    for (String name : List.of(IMAGES, EMBEDDINGS)) {
      Files.move(
          folder.resolve(name + PARTIAL), folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }
    Files.delete(folder.resolve(PROGRESS));
  }

  private void begin() throws IOException {
    embeddings.truncate(0);
    images.truncate(0);
    writeAll(embeddings, ByteBuffer.wrap(NpyHeader.of(progress.rows(), progress.dimension())));
    writeAll(images, ByteBuffer.wrap(Csv.line(COLUMNS).getBytes(StandardCharsets.UTF_8)));
    progress = progress.after(0, 0, images.position());
    progress.write(folder.resolve(PROGRESS));
  }

  private void resume(EmbeddingProgress found, EmbeddingProgress wanted) throws IOException {
    if (!found.isOfTheSame(wanted)) {
      String other =
          !found.data().equals(wanted.data())
              ? "of other images"
              : !found.model().equals(wanted.model())
                  ? "by another model, --pooling or --normalize"
                  : found.allowsTruncated()
                      ? "with --allow-truncated"
                      : "without --allow-truncated";
      throw new IOException(
          "'%s' holds unfinished embeddings %s; remove it or choose another --out"
              .formatted(folder, other));
    }
    long size =
        NpyHeader.of(found.rows(), found.dimension()).length
            + (long) found.done() * found.dimension() * Float.BYTES;
    if (embeddings.size() < size || images.size() < found.csvBytes()) {
      begin(); // a crash of the machine lost what the note speaks of
      return;
    }
    embeddings.truncate(size).position(size);
    images.truncate(found.csvBytes()).position(found.csvBytes());
    progress = found;
  }

  private static FileChannel channel(Path file) throws IOException {
    return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  private static void writeAll(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  @Override
  public void close() throws IOException {
    try (embeddings) {
      images.close();
    }
  }
}
