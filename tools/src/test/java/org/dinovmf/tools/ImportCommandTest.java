package org.dinovmf.tools;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.dinovmf.graph.WeightStore.Variable;
import org.dinovmf.training.RunRecord;
import org.dinovmf.training.TrainConfig;
import org.dinovmf.training.checkpoint.Checkpoint;
import org.dinovmf.training.method.PrototypeKind;
import org.dinovmf.training.weights.SavedWeights;
import org.dinovmf.training.weights.StoredTensor;
import org.dinovmf.training.weights.WeightFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.types.TFloat32;

/** Import, export and training on, with small checkpoints that PyTorch wrote. */
class ImportCommandTest {

  private static final Path INTEROP = Path.of("../training/src/test/resources/interop");
  private static final List<String> SMALL_HEAD =
      List.of("--head-hidden-dim=8", "--bottleneck-dim=4", "--num-prototypes=8");
  private static final List<String> BRIEF =
      List.of(
          "--epochs=1",
          "--batch-size=2",
          "--local-crops=1",
          "--warmup-epochs=0",
          "--warmup-teacher-temp-epochs=0",
          "--lr=1e-30",
          "--min-lr=1e-30",
          "--threads=1");

  @TempDir private static Path images;
  @TempDir private Path folder;

  @BeforeAll
  static void writeImages() throws IOException {
    for (int i = 0; i < 4; i++) {
      TestImages.write(images.resolve(i + ".png"), i % 2 == 0 ? Color.RED : Color.BLUE, 20, 20, i);
    }
  }

  @ParameterizedTest
  @CsvSource({"dino-full.pth, dino", "ibot-full.pth, ibot"})
  void aFullCheckpointComesBackBitByBit(String name, String method) throws IOException {
    Path run = folder.resolve("run");
    CommandRun imported = CommandRun.of("import", INTEROP.resolve(name), "--heads=2", "--out", run);
    assertEquals(0, imported.exitCode(), imported.err());
    assertTrue(
        imported.out().contains("Head: 24 prototypes of dimension 16, free"), imported.out());
    assertTrue(imported.out().contains("left over: "), imported.out());
    assertFalse(imported.out().contains("last_layer2"), "a shared layer is not left over");
    assertTrue(imported.out().contains("the normalizer would change, at temperature 0.100"));
    assertTrue(Files.readString(run.resolve("config.yaml")).contains("method: " + method));

    Map<String, float[]> before = values(INTEROP.resolve(name));
    Path pth = folder.resolve("back.pth");
    assertEquals(
        0, CommandRun.of("export", "pth", "--run", run, "--out", pth, "--part=full").exitCode());
    assertEqualBits(before, values(pth));

    Path safetensors = folder.resolve("back.safetensors");
    CommandRun exported =
        CommandRun.of("export", "safetensors", "--run", run, "--out", safetensors, "--part=full");
    assertEquals(0, exported.exitCode(), exported.err());
    Path again = folder.resolve("again");
    // The number of heads stands in the metadata.
    assertEquals(0, CommandRun.of("import", safetensors, "--out", again).exitCode());
    Path second = folder.resolve("second.pth");
    assertEquals(
        0,
        CommandRun.of("export", "pth", "--run", again, "--out", second, "--part=full").exitCode());
    assertArrayEquals(Files.readAllBytes(pth), Files.readAllBytes(second));
  }

  @ParameterizedTest
  @ValueSource(strings = {"dino-backbone-half.pth", "ibot-backbone.pth"})
  void aBackboneComesBackBitByBit(String name) throws IOException {
    Path run = importBackbone(name);
    Path back = folder.resolve("back.safetensors");
    assertEquals(0, CommandRun.of("export", "safetensors", "--run", run, "--out", back).exitCode());
    Map<String, float[]> expected = new TreeMap<>();
    values(INTEROP.resolve(name))
        .forEach((key, value) -> expected.put(key.replace("state_dict/", "/"), value));
    assertEqualBits(expected, values(back));
  }

  @Test
  void anImportedRunIsEvaluatedAndExported() throws IOException {
    Path run = importBackbone("dino-backbone.pth");
    Path model = folder.resolve("model");
    CommandRun exported = CommandRun.of("export", "savedmodel", "--run", run, "--out", model);
    assertEquals(0, exported.exitCode(), exported.err());
    CommandRun embedded =
        CommandRun.of("embed", "--model", model, "--data", images, "--out", folder.resolve("e"));
    assertEquals(0, embedded.exitCode(), embedded.err());
  }

  @Test
  void trainingStartsFromAnImportedRunWithTheNormalizer() throws IOException {
    Path source = folder.resolve("source");
    CommandRun.of("import", INTEROP.resolve("dino-full.pth"), "--heads=2", "--out", source);
    Path run = folder.resolve("run");
    CommandRun trained = train("--init-from", source, run, "--method=dino-vmf");
    assertEquals(0, trained.exitCode(), trained.err());
    assertTrue(
        trained
            .err()
            .contains(
                "Prototypes: free there, vmf here; the normalizer joins the logits; it changes, at temperature 0.100: lengths 0.6417 to 1.491"),
        trained.err());
    TrainConfig config = RunRecord.read(run).config();
    assertEquals(PrototypeKind.VMF, config.model().method().prototypes());
    assertEquals(RunRecord.read(source).config().model().encoder(), config.model().encoder());
    // At a learning rate of nearly 0 the student is still what was imported.
    Map<String, float[]> there = weights(source);
    weights(run)
        .forEach(
            (name, value) -> {
              if (name.startsWith("student/")) {
                assertArrayEquals(there.get(name), value, 1e-20f, name);
              }
            });

    CommandRun resumed = CommandRun.of("train", "--resume", "--out", run);
    assertEquals(0, resumed.exitCode(), resumed.err());
  }

  @Test
  void anEncoderWithoutAHeadGetsAFreshOneOfAnySize() throws IOException {
    Path source = importBackbone("dino-backbone.pth");
    Path run = folder.resolve("run");
    CommandRun trained =
        train(
            "--init-from",
            source,
            run,
            "--num-prototypes=12",
            "--head-hidden-dim=6",
            "--bottleneck-dim=5");
    assertEquals(0, trained.exitCode(), trained.err());
    assertTrue(trained.err().contains("the encoder; a fresh head of '"), trained.err());
    assertEquals(12, RunRecord.read(run).config().model().head().numPrototypes());
    assertArrayEquals(
        weights(source).get("student/backbone/blocks/1/mlp/fc2/weight"),
        weights(run).get("student/backbone/blocks/1/mlp/fc2/weight"),
        1e-20f);
  }

  @Test
  void anImportedRunIsResumedWithImages() throws IOException {
    Path run = importBackbone("dino-backbone.pth", BRIEF.toArray(String[]::new));
    CommandRun without = CommandRun.of("train", "--resume", "--out", run);
    assertEquals(ExitCodes.ARGUMENTS, without.exitCode());
    assertTrue(without.err().contains("has seen no images yet; give --data DIR"), without.err());
    CommandRun trained = CommandRun.of("train", "--resume", "--data", images, "--out", run);
    assertEquals(0, trained.exitCode(), trained.err());
    assertEquals(4, RunRecord.read(run).data().images());
  }

  @Test
  void sizesThatDoNotFitTheNetworkAreNamed() {
    Path run = folder.resolve("run");
    CommandRun refused =
        CommandRun.of(
            "import",
            INTEROP.resolve("dino-full.pth"),
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
                "--patch-size is 8 but must be 4; --num-prototypes is 9 but must be 24; leave them out"),
        refused.err());
    assertFalse(Files.exists(run));
  }

  @Test
  void wantsTheNumberOfHeadsWhereNothingSaysIt() {
    CommandRun refused =
        CommandRun.of(
            "import", INTEROP.resolve("dino-backbone.pth"), "--out", folder.resolve("run"));
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
    CommandRun refused = CommandRun.of("import", INTEROP.resolve("hostile.pth"), "--out", run);
    assertEquals(ExitCodes.CHECKPOINT, refused.exitCode());
    assertTrue(refused.err().contains("it asks for 'posix.system'"), refused.err());
    assertFalse(Files.exists(run));
    assertFalse(Files.exists(Path.of("PICKLE_WAS_EXECUTED")));
  }

  private CommandRun train(String option, Path source, Path run, String... more) {
    List<Object> arguments = new ArrayList<>(List.of("train", option, source));
    arguments.addAll(List.of("--data", images, "--out", run));
    arguments.addAll(BRIEF);
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray());
  }

  private Path importBackbone(String name, String... more) {
    Path run = folder.resolve("imported");
    List<Object> arguments =
        new ArrayList<>(List.of("import", INTEROP.resolve(name), "--heads=2", "--out", run));
    arguments.addAll(SMALL_HEAD);
    arguments.addAll(List.of(more));
    CommandRun imported = CommandRun.of(arguments.toArray());
    assertEquals(0, imported.exitCode(), imported.err());
    return run;
  }

  private static Map<String, float[]> weights(Path run) throws IOException {
    Checkpoint checkpoint = TrainedEncoder.checkpoint(run, Optional.empty(), warning -> {});
    Map<String, float[]> values = new HashMap<>();
    try (SavedWeights weights =
        new SavedWeights(RunRecord.read(run).config(), checkpoint.prefix())) {
      for (Variable<TFloat32> variable : weights.variables()) {
        values.put(variable.name(), weights.get(variable));
      }
    }
    return values;
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
