package org.dinovmf.tools.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.dinovmf.graph.preprocessing.Normalization;
import org.dinovmf.tools.config.Facts.Device;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ExamplesTest {

  static List<Path> examples() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("examples"))) {
      List<Path> examples = files.filter(file -> file.toString().endsWith(".yaml")).toList();
      assertEquals(2, examples.size());
      return examples;
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void resolvesAndNamesItsOwnCommand(Path example) throws IOException {
    Resolved resolved =
        Resolver.resolve(
            new Request(Map.of(), Optional.of(example), Optional.empty()),
            Optional.empty(),
            Optional.of(new Facts(6000, 500, Device.CPU, 2, 16L << 30)));
    resolved.withStatistics(Normalization.imageNet(), 1).trainConfig();
    resolved.runOptions();
    String text = Files.readString(example);
    assertTrue(
        text.contains(
            "#   ./dino-vmf train --config tools/%s --data DIR --out ".formatted(example)),
        text);
    assertTrue(text.contains("# Expected: "), text);
  }
}
