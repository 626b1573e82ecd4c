package org.dinovmf.tools.embed;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;

/**
 * Other files that are made of finished embeddings; each is written aside and appears whole.
 *
 * @param formats to write
 * @param config how images are read for the projector
 */
public record EmbeddingExport(Set<EmbeddingFormat> formats, EmbedConfig config) {

  private static final String PARTIAL = ".partial";

  public EmbeddingExport {
    formats = Set.copyOf(formats);
  }

  /** The files and folders that are made. */
  List<String> names() {
    return formats.stream()
        .filter(format -> format != EmbeddingFormat.NPY)
        .map(EmbeddingExport::name)
        .sorted()
        .toList();
  }

  /**
   * Writes every format, and then gives all of them their names.
   *
   * @return whether they are there; after a stop of the rows none is
   * @throws FileAlreadyExistsException if a name was taken in the meantime
   */
  boolean write(FinishedRows rows, Path folder) throws IOException {
    for (EmbeddingFormat format : formats) {
      if (!writeAside(rows, folder, format)) {
        for (String name : names()) {
          remove(folder.resolve(name + PARTIAL));
        }
        return false;
      }
    }
    for (String name : names()) {
      Path target = folder.resolve(name);
      if (Files.exists(target)) { // an atomic move would replace it
        throw new FileAlreadyExistsException(target.toString());
      }
      Files.move(folder.resolve(name + PARTIAL), target, StandardCopyOption.ATOMIC_MOVE);
    }
    return true;
  }

  /** Returns whether the format is whole. */
  private boolean writeAside(FinishedRows rows, Path folder, EmbeddingFormat format)
      throws IOException {
    Path aside = folder.resolve(name(format) + PARTIAL);
    return switch (format) {
      case NPY -> true; // the rows come from it
      case CSV -> CsvExport.write(rows, aside);
      case ARROW -> ArrowExport.write(rows, aside);
      case PROJECTOR -> {
        remove(aside);
        yield ProjectorExport.write(rows, Files.createDirectory(aside), config);
      }
    };
  }

  private static String name(EmbeddingFormat format) {
    return switch (format) {
      case NPY -> EmbeddingFiles.EMBEDDINGS;
      case CSV -> "embeddings.csv";
      case ARROW -> "embeddings.arrow";
      case PROJECTOR -> "projector";
    };
  }

  private static void remove(Path aside) throws IOException {
    if (Files.exists(aside)) {
      MoreFiles.deleteRecursively(aside, RecursiveDeleteOption.ALLOW_INSECURE);
    }
  }
}
