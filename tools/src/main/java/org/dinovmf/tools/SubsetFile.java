package org.dinovmf.tools;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.dinovmf.training.data.DataException;
import org.dinovmf.training.data.TextFile;

/** A list of images, a line each: paths, or file names alone where these are unique. */
final class SubsetFile {

  private static final int AMBIGUOUS = -1;

  private SubsetFile() {}

  /**
   * Where the listed images stand, rising.
   *
   * @param paths of the images that can be used
   * @throws DataException if a line names none or several of them, or one twice
   */
  static int[] positions(Path file, List<String> paths) throws IOException {
    Map<String, Integer> byPath = new HashMap<>();
    Map<String, Integer> byName = new HashMap<>();
    for (int i = 0; i < paths.size(); i++) {
      String path = paths.get(i);
      byPath.put(path, i);
      byName.merge(path.substring(path.lastIndexOf('/') + 1), i, (a, b) -> AMBIGUOUS);
    }
    List<Integer> positions = new ArrayList<>();
    for (String name : TextFile.names(file)) {
      Integer position = byPath.containsKey(name) ? byPath.get(name) : byName.get(name);
      if (position == null || position == AMBIGUOUS) {
        throw new DataException(
            "'%s' must list images of --train that can be read, a line each, but '%s' names %s; a path there looks like '%s'"
                .formatted(file, name, position == null ? "none" : "several", paths.get(0)));
      }
      positions.add(position);
    }
    int[] sorted = positions.stream().mapToInt(Integer::intValue).distinct().sorted().toArray();
    if (sorted.length == 0 || sorted.length != positions.size()) {
      throw new DataException(
          "'%s' must list at least one image, and none twice: %d lines, %d images"
              .formatted(file, positions.size(), sorted.length));
    }
    return sorted;
  }
}
