package org.dinovmf.tools.embed;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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

  void write(FinishedRows rows, Path folder) throws IOException {
    for (EmbeddingFormat format : formats) {
      switch (format) {
        case NPY -> {} // the rows come from it
        case CSV -> {
          Path aside = folder.resolve("embeddings.csv" + PARTIAL);
          CsvExport.write(rows, aside);
          publish(aside, folder.resolve("embeddings.csv"));
        }
        case ARROW -> {
          Path aside = folder.resolve("embeddings.arrow" + PARTIAL);
          ArrowExport.write(rows, aside);
          publish(aside, folder.resolve("embeddings.arrow"));
        }
        case PROJECTOR -> {
          Path aside = folder.resolve("projector" + PARTIAL);
          remove(aside);
          ProjectorExport.write(rows, Files.createDirectory(aside), config);
          remove(folder.resolve("projector"));
          publish(aside, folder.resolve("projector"));
        }
      }
    }
  }

  private static void remove(Path folder) throws IOException {
    if (Files.exists(folder)) {
      MoreFiles.deleteRecursively(folder, RecursiveDeleteOption.ALLOW_INSECURE);
    }
  }

  private static void publish(Path aside, Path target) throws IOException {
    Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
  }
}
