package org.dinovmf.tools;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.dinovmf.training.RunRecord;
import org.dinovmf.training.TrainConfig;
import org.dinovmf.training.method.Method;
import org.dinovmf.training.weights.StoredTensor;
import org.dinovmf.training.weights.WeightFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Import and export; training on is {@link TrainFromImportTest}. */
final class ImportCommandTest {

  @TempDir private static Path images;
  @TempDir private static Path imports;
  @TempDir private Path folder;

  /** Imports that no test changes: with a head, and without. */
  private static Path full;

  private static Path backbone;

  @BeforeAll
  static void importNetworks() throws IOException {
    full = Imports.full(imports.resolve("full"));
    backbone = Imports.brief(imports.resolve("backbone"));
    Imports.writeImages(images);
  }

  @ParameterizedTest
  @CsvSource({"dino-full.pth, dino", "ibot-full.pth, ibot"})
  void aFullCheckpointComesBackBitByBit(String name, String method) throws IOException {
    Path run = folder.resolve("run");
    CommandRun imported =
        CommandRun.of("import", Imports.INTEROP.resolve(name), "--heads=2", "--out", run);
    assertEquals(0, imported.exitCode(), imported.err());
    assertTrue(
        imported.out().contains("Head: 24 prototypes of dimension 16, free"), imported.out());
    assertTrue(imported.out().contains("left over: "), imported.out());
    assertFalse(imported.out().contains("last_layer2"), "a shared layer is not left over");
    assertTrue(imported.out().contains("the normalizer would change, at temperature 0.100"));
    assertTrue(Files.readString(run.resolve("config.yaml")).contains("method: " + method));

    Map<String, float[]> before = values(Imports.INTEROP.resolve(name));
    Path pth = folder.resolve("back.pth");
    assertEquals(
        0, CommandRun.of("export", "pth", "--run", run, "--out", pth, "--part=full").exitCode());
    assertEqualBits(before, values(pth));

    Path safetensors = folder.resolve("back.safetensors");
    CommandRun exported =
        CommandRun.of("export", "safetensors", "--run", run, "--out", safetensors, "--part=full");
    assertEquals(0, exported.exitCode(), exported.err());
    assertTrue(exported.err().startsWith("exported --part full of " + run), exported.err());
    Path again = folder.resolve("again");
    // The number of heads stands in the metadata.
    assertEquals(0, CommandRun.of("import", safetensors, "--out", again).exitCode());
    Path second = folder.resolve("second.pth");
    assertEquals(
        0,
        CommandRun.of("export", "pth", "--run", again, "--out", second, "--part=full").exitCode());
    assertArrayEquals(Files.readAllBytes(pth), Files.readAllBytes(second));
  }

  /** A kill leaves half a run beside the folder, or in it where it was there before. */
  @ParameterizedTest
  @ValueSource(strings = {".run.partial", "run/.partial"})
  void anImportThatWasKilledIsRepeated(String left) throws IOException {
    Path half = Files.createDirectories(folder.resolve(left).resolve("checkpoints/step-0.tmp"));
    Files.write(half.resolve("weights"), new byte[100]);
    Files.createFile(folder.resolve(left).resolve("import.lock"));
    Path run = folder.resolve("run");
    CommandRun imported =
        CommandRun.of(
            "import", Imports.INTEROP.resolve("dino-full.pth"), "--heads=2", "--out", run);
    assertEquals(0, imported.exitCode(), imported.err());
    assertEquals(Imports.weights(full).keySet(), Imports.weights(run).keySet());
    try (Stream<Path> made = Files.walk(folder)) {
      assertEquals(
          List.of(),
          made.filter(file -> file.toString().matches(".*(partial|lock|tmp|step-0\\..*)"))
              .toList());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"dino-backbone-half.pth", "ibot-backbone.pth"})
  void aBackboneComesBackBitByBit(String name) throws IOException {
    Path run = Imports.backbone(folder.resolve("run"), name);
    Path back = folder.resolve("back.safetensors");
    assertEquals(0, CommandRun.of("export", "safetensors", "--run", run, "--out", back).exitCode());
    Map<String, float[]> expected = new TreeMap<>();
    values(Imports.INTEROP.resolve(name))
        .forEach((key, value) -> expected.put(key.replace("state_dict/", "/"), value));
    assertEqualBits(expected, values(back));
  }

  @Test
  void anImportedRunIsEvaluatedAndExported() throws IOException {
    Path model = folder.resolve("model");
    CommandRun exported = CommandRun.of("export", "savedmodel", "--run", backbone, "--out", model);
    assertEquals(0, exported.exitCode(), exported.err());
    CommandRun embedded =
        CommandRun.of("embed", "--model", model, "--data", images, "--out", folder.resolve("e"));
    assertEquals(0, embedded.exitCode(), embedded.err());
  }

  @Test
  void anImportedRunHasNoImagesToBeStudiedBy() {
    CommandRun study = CommandRun.of("analyze", "prototypes", full);
    assertEquals(ExitCodes.DATA, study.exitCode(), study.err());
    assertEquals(
        "dino-vmf: the run '%s' has seen no images yet; give --data DIR".formatted(full),
        study.err().strip());
  }

  @Test
  void aMethodAndAFileThatAreGivenWin() throws IOException {
    Path file = Files.writeString(folder.resolve("c.yaml"), "mean: [0.1, 0.2, 0.3]\n");
    Path run = folder.resolve("run");
    CommandRun imported =
        CommandRun.of(
            "import",
            "--std",
            ".5",
            ".5",
            ".5",
            Imports.INTEROP.resolve("dino-full.pth"),
            "--heads=2",
            "--method=dino-vmf",
            "--config",
            file,
            "--out",
            run);
    assertEquals(0, imported.exitCode(), imported.err());
    TrainConfig config = RunRecord.read(run).config();
    assertEquals(Method.dinoVmf(), config.model().method());
    assertEquals(List.of(0.1, 0.2, 0.3), config.normalization().mean());
    assertEquals(List.of(0.5, 0.5, 0.5), config.normalization().std());
    String yaml = Files.readString(run.resolve("config.yaml"));
    assertTrue(yaml.lines().anyMatch(l -> l.matches("mean: .* # file .*c.yaml:1")), yaml);
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(Set.of(file, run), left.collect(Collectors.toSet()), "nothing half is left");
    }
  }

  @Test
  void importTakesTheWeightsOfItsFileAlone() {
    CommandRun refused =
        CommandRun.of(
            "import",
            Imports.INTEROP.resolve("dino-full.pth"),
            "--init-from",
            full,
            "--out",
            folder.resolve("run"));
    assertEquals(ExitCodes.ARGUMENTS, refused.exitCode());
    assertTrue(
        refused.err().contains("import takes the weights of FILE; leave --init-from to train"),
        refused.err());
  }

  @Test
  void sizesThatDoNotFitTheNetworkAreNamed() {
    Path run = folder.resolve("run");
    CommandRun refused =
        CommandRun.of(
            "import",
            Imports.INTEROP.resolve("dino-full.pth"),
            "--heads=2",
            "--patch-size=8",
            "--num-prototypes=9",
            "--out",
            run);
    assertEquals(ExitCodes.ARGUMENTS, refused.exitCode());
    assertTrue(
        refused
            .err()
            .contains(
                "--patch-size 8 (flag) must be 4; --num-prototypes 9 (flag) must be 24; leave them out"),
        refused.err());
    assertFalse(Files.exists(run));
  }

  @Test
  void wantsTheNumberOfHeadsWhereNothingSaysIt() {
    CommandRun refused =
        CommandRun.of(
            "import", Imports.INTEROP.resolve("dino-backbone.pth"), "--out", folder.resolve("run"));
    assertEquals(ExitCodes.CHECKPOINT, refused.exitCode());
    assertTrue(
        refused
            .err()
            .contains(
                "the number of attention heads stands nowhere, and the width 24 is no multiple of the usual 64; give --heads"),
        refused.err());
  }

  @Test
  void aHostileFileIsRefusedByName() {
    Path run = folder.resolve("run");
    CommandRun refused =
        CommandRun.of("import", Imports.INTEROP.resolve("hostile.pth"), "--out", run);
    assertEquals(ExitCodes.CHECKPOINT, refused.exitCode());
    assertTrue(refused.err().contains("it asks for 'posix.system'"), refused.err());
    assertFalse(Files.exists(run));
    assertFalse(Files.exists(Path.of("PICKLE_WAS_EXECUTED")));
  }

  private static Map<String, float[]> values(Path file) throws IOException {
    Map<String, float[]> values = new TreeMap<>();
    try (WeightFile weights = WeightFile.open(file)) {
      for (Map.Entry<String, Map<String, StoredTensor>> group : weights.groups().entrySet()) {
        for (Map.Entry<String, StoredTensor> tensor : group.getValue().entrySet()) {
          values.put(group.getKey() + "/" + tensor.getKey(), tensor.getValue().floats());
        }
      }
    }
    return values;
  }

  private static void assertEqualBits(Map<String, float[]> expected, Map<String, float[]> found) {
    assertEquals(expected.keySet(), found.keySet());
    expected.forEach((name, value) -> assertTrue(Arrays.equals(value, found.get(name)), name));
  }
}
