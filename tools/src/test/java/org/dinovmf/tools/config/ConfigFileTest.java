package org.dinovmf.tools.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigFileTest {

  private static final List<String> KEYS = List.of("batch-size", "lr", "blur", "arch");

  private final List<String> faults = new ArrayList<>();

  @Test
  void readsScalarsAndLists() {
    Map<String, ConfigFile.Value> values =
        parse("# comment\nlr: 1e-6 # comment\nblur: [1, 0.1,\n  0.5]\narch: \"vit_tiny\"\n");
    assertEquals(List.of(), faults);
    assertEquals(new ConfigFile.Value(List.of("1e-6"), 2), values.get("lr"));
    assertEquals(new ConfigFile.Value(List.of("1", "0.1", "0.5"), 3), values.get("blur"));
    assertEquals(new ConfigFile.Value(List.of("vit_tiny"), 5), values.get("arch"));
  }

  @Test
  void keepsTheTextOfNumbers() {
    // Read as numbers, these would be 8, 1000 and infinity.
    assertEquals(List.of("010"), parse("lr: 010\n").get("lr").words());
    assertEquals(List.of("1_000"), parse("lr: 1_000\n").get("lr").words());
    assertEquals(List.of(".inf"), parse("lr: .inf\n").get("lr").words());
  }

  @Test
  void readsAnEmptyFile() {
    assertEquals(Map.of(), parse("# nothing\n"));
    assertEquals(List.of(), faults);
  }

  @Test
  void tellsAllFaultsWithTheirLines() {
    Map<String, ConfigFile.Value> values =
        parse(
            """
            bach_size: 4
            lr: 1
            lr: 2
            blur: {first: 1}
            arch:
            zzzzzzzzzzzz: 1
            batch-size: [[1], 2]
            """);
    assertEquals(
        List.of(
            "a.yaml:1: unknown key 'bach_size'; did you mean 'batch-size'?",
            "a.yaml:3: 'lr' is set again; it was set in line 2",
            "a.yaml:4: blur must be a value or a list of values, but is nested",
            "a.yaml:5: arch has no value",
            "a.yaml:6: unknown key 'zzzzzzzzzzzz'",
            "a.yaml:7: batch-size must be a value or a list of values, but is nested"),
        faults);
    assertEquals(List.of("1"), values.get("lr").words());
  }

  @Test
  void tellsWhereItIsNotYaml() {
    parse("lr: 1\narch: [a, b\nblur: 1\n");
    assertEquals(1, faults.size());
    assertEquals("a.yaml:3: not YAML: expected ',' or ']', but got :", faults.get(0));
  }

  @Test
  void refusesAListAndASecondDocument() {
    parse("- lr\n");
    parse("lr: 1\n---\nlr: 2\n");
    assertEquals(
        List.of(
            "a.yaml:1: the file must hold lines of the form 'key: value'",
            "a.yaml:3: the file must hold one YAML document, but another begins here"),
        faults);
  }

  @Test
  void tellsWhatIsWrongWithTheFile(@TempDir Path folder) throws IOException {
    Path latin =
        Files.write(folder.resolve("ä.yaml"), new byte[] {'l', 'r', ':', ' ', (byte) 0xE4});
    ConfigFile.read(folder.resolve("none.yaml"), KEYS, faults);
    ConfigFile.read(folder, KEYS, faults);
    ConfigFile.read(latin, KEYS, faults);
    assertEquals(
        List.of(
            "configuration file '%s' does not exist".formatted(folder.resolve("none.yaml")),
            "configuration file '%s' is a folder".formatted(folder),
            "configuration file '%s' must be UTF-8 text, but is not".formatted(latin)),
        faults);
  }

  private Map<String, ConfigFile.Value> parse(String text) {
    return ConfigFile.parse("a.yaml", text, KEYS, faults);
  }
}
