package org.dinovmf.tools.inspect;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.dinovmf.tools.embed.Digests;

/** A file by its name below what was inspected, its size and its SHA-256. */
public record FileSum(String name, long bytes, String sha256) {

  static FileSum of(Path file, String name) throws IOException {
    return new FileSum(name, Files.size(file), Digests.ofFile(file));
  }

  /** Every file below a folder, by name. */
  static List<FileSum> below(Path folder) throws IOException {
    Path real = folder.toRealPath(); // a walk would not enter a link
    List<Path> files;
    try (Stream<Path> walk = Files.walk(real)) {
      files = walk.filter(Files::isRegularFile).sorted().toList();
    }
    List<FileSum> sums = new ArrayList<>();
    for (Path file : files) {
      sums.add(of(file, real.relativize(file).toString()));
    }
    return sums;
  }
}
