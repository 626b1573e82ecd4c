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
   * @throws FileAlreadyExistsException if a name was taken in the meantime
   */
  void write(FinishedRows rows, Path folder) throws IOException {
    for (EmbeddingFormat format : formats) {
      Path aside = aside(folder, format);
      switch (format) {
        case NPY -> {} // the rows come from it
        case CSV -> CsvExport.write(rows, aside);
        case ARROW -> ArrowExport.write(rows, aside);
        case PROJECTOR -> {
          remove(aside);
          ProjectorExport.write(rows, Files.createDirectory(aside), config);
        }
      }
    }
    for (String name : names()) {
      Path target = folder.resolve(name);
      if (Files.exists(target)) { // an atomic move would replace it
        throw new FileAlreadyExistsException(target.toString());
      }
      Files.move(folder.resolve(name + PARTIAL), target, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  private static Path aside(Path folder, EmbeddingFormat format) {
    return folder.resolve(name(format) + PARTIAL);
  }

  private static String name(EmbeddingFormat format) {
    return switch (format) {
      case NPY -> EmbeddingFiles.EMBEDDINGS;
      case CSV -> "embeddings.csv";
      case ARROW -> "embeddings.arrow";
      case PROJECTOR -> "projector";
    };
  }

  private static void remove(Path folder) throws IOException {
    if (Files.exists(folder)) {
      MoreFiles.deleteRecursively(folder, RecursiveDeleteOption.ALLOW_INSECURE);
    }
  }
}
