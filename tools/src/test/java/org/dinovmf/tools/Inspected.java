package org.dinovmf.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What {@code inspect --json} tells of files, some of which are changed copies. */
final class Inspected {

  private static final ObjectMapper JSON = new ObjectMapper();

  private Inspected() {}

  static JsonNode of(Path path) throws IOException {
    CommandRun found = CommandRun.of("inspect", path, "--json");
    assertEquals(0, found.exitCode(), found.err());
    return JSON.readTree(found.out());
  }

  static List<String> flags(JsonNode found) {
    return Stream.of(JSON.convertValue(found.get("flags"), String[].class)).toList();
  }

  static Path copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
    return to;
  }
}
