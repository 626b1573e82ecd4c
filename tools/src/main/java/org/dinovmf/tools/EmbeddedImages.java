package org.dinovmf.tools;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dinovmf.tools.embed.EmbedConfig;
import org.dinovmf.tools.embed.EmbeddedFolder;
import org.dinovmf.training.data.DataException;
import org.dinovmf.training.data.ImageFile;
import org.dinovmf.training.data.ImageIndexer;

/**
 * The good rows of a folder that {@code embed} wrote.
 *
 * @param paths name of each image
 * @param files each image where it is found, if folders were searched
 */
record EmbeddedImages(List<String> paths, List<float[]> rows, Map<String, ImageFile> files) {

  /**
   * Reads a folder.
   *
   * @param data where the images are; empty to go without them
   */
  static EmbeddedImages read(Path folder, List<Path> data, EmbedConfig config) throws IOException {
    EmbeddedFolder.Content content = EmbeddedFolder.readAll(folder);
    List<String> paths = new ArrayList<>();
    List<float[]> rows = new ArrayList<>();
    for (int i = 0; i < content.rows().size(); i++) {
      if (!content.rows().get(i).isBad()) {
        paths.add(content.paths().get(i));
        rows.add(content.rows().get(i).embedding());
      }
    }
    if (rows.isEmpty()) {
      throw new DataException("'%s' holds no embedding of a good image".formatted(folder));
    }
    Map<String, ImageFile> files = new HashMap<>();
    if (!data.isEmpty()) {
      for (ImageFile file : ImageIndexer.scan(data, config.limits(), config.threads()).images()) {
        files.put(file.relativePath(), file);
      }
    }
    return new EmbeddedImages(paths, rows, files);
  }

  /** The file of a row, where it was found. */
  Optional<ImageFile> file(int row) {
    return Optional.ofNullable(files.get(paths.get(row)));
  }
}
