package org.dinovmf.tools;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
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
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.dinovmf.graph.WeightStore.Variable;
import org.dinovmf.training.RunRecord;
import org.dinovmf.training.TrainConfig;
import org.dinovmf.training.checkpoint.Checkpoint;
import org.dinovmf.training.method.Method;
import org.dinovmf.training.method.PrototypeKind;
import org.dinovmf.training.weights.SavedWeights;
import org.dinovmf.training.weights.StoredTensor;
import org.dinovmf.training.weights.WeightFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
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
  @TempDir private static Path imports;
  @TempDir private Path folder;

  /** Imports that no test changes: with a head, and without. */
  private static Path full;

  private static Path backbone;

  @BeforeAll
  static void importNetworks() throws IOException {
    full = imports.resolve("full");
    CommandRun imported =
        CommandRun.of("import", INTEROP.resolve("dino-full.pth"), "--heads=2", "--out", full);
    assertEquals(0, imported.exitCode(), imported.err());
    backbone =
        importBackbone(
            imports.resolve("backbone"), "dino-backbone.pth", BRIEF.toArray(String[]::new));
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

  /** A kill leaves half a run beside the folder, or in it where it was there before. */
  @ParameterizedTest
  @ValueSource(strings = {".run.partial", "run/.partial"})
  void anImportThatWasKilledIsRepeated(String left) throws IOException {
    Path half = Files.createDirectories(folder.resolve(left).resolve("checkpoints/step-0.tmp"));
    Files.write(half.resolve("weights"), new byte[100]);
    Files.createFile(folder.resolve(left).resolve("import.lock"));
    Path run = folder.resolve("run");
    CommandRun imported =
        CommandRun.of("import", INTEROP.resolve("dino-full.pth"), "--heads=2", "--out", run);
    assertEquals(0, imported.exitCode(), imported.err());
    assertEquals(weights(full).keySet(), weights(run).keySet());
    try (Stream<Path> made = Files.walk(folder)) {
      assertEquals(
          List.of(),
          made.filter(file -> file.toString().matches(".*(partial|lock|tmp|step-0\\..*)"))
              .toList());
    }
  }

  /** Resuming would find no run; repeating the import makes one. */
  @Test
  void trainingNamesWhatAKilledImportHasLeft() throws IOException {
    Path run = folder.resolve("run");
    Path aside = Files.createDirectories(run.resolve(".partial"));
    Files.createFile(aside.resolve("import.lock"));
    Files.createFile(aside.resolve("run.json"));
    Files.createDirectory(run.resolve("checkpoints"));
    CommandRun refused = train(full, run);
    assertEquals(ExitCodes.ARGUMENTS, refused.exitCode());
    assertTrue(
        refused
            .err()
            .startsWith(
                "dino-vmf: '%s' exists and is left as it is; it holds '.partial', the rest of an import that was stopped: repeat that, or give --out another name\n"
                    .formatted(run)),
        refused.err());
    importBackbone(run, "dino-backbone.pth");
    assertEquals(weights(backbone).keySet(), weights(run).keySet());
  }

  @ParameterizedTest
  @ValueSource(strings = {"dino-backbone-half.pth", "ibot-backbone.pth"})
  void aBackboneComesBackBitByBit(String name) throws IOException {
    Path run = importBackbone(folder.resolve("run"), name);
    Path back = folder.resolve("back.safetensors");
    assertEquals(0, CommandRun.of("export", "safetensors", "--run", run, "--out", back).exitCode());
    Map<String, float[]> expected = new TreeMap<>();
    values(INTEROP.resolve(name))
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

  @Tag("slow")
  @Test
  void trainingStartsFromAnImportedRunWithTheNormalizer() throws IOException {
    Path run = folder.resolve("run");
    CommandRun trained = train(full, run, "--method=dino-vmf", "--koleo-weight=0.1");
    assertEquals(0, trained.exitCode(), trained.err());
    assertTrue(
        trained
            .err()
            .contains(
                "Prototypes: free there, vmf here; the normalizer joins the logits; it changes, at temperature 0.100: lengths 0.6417 to 1.491"),
        trained.err());
    TrainConfig config = RunRecord.read(run).config();
    assertEquals(PrototypeKind.VMF, config.model().method().prototypes());
    assertEquals(RunRecord.read(full).config().model().encoder(), config.model().encoder());
    // At a learning rate of nearly 0 the student is still what was imported.
    assertSameStudent(full, run);
    String yaml = Files.readString(run.resolve("config.yaml"));
    assertTrue(yaml.lines().anyMatch(line -> line.matches("init-from: \".*full\" +# flag")), yaml);
    assertTrue(
        yaml.lines().anyMatch(line -> line.matches("patch-size: 4 +# network of '.*full'")), yaml);

    // KoLeo compares images, also in the graph that names the weights.
    CommandRun exported =
        CommandRun.of("export", "pth", "--run", run, "--out", folder.resolve("koleo.pth"));
    assertEquals(0, exported.exitCode(), exported.err());

    Path again = folder.resolve("again");
    CommandRun repeated =
        CommandRun.of("train", "--config", run.resolve("config.yaml"), "--out", again);
    assertEquals(0, repeated.exitCode(), repeated.err());
    assertEquals(config, RunRecord.read(again).config());
    assertSameStudent(full, again);
  }

  @Test
  void whatNothingElseSaysIsThatOfTheNetwork() throws IOException {
    Path run = folder.resolve("run");
    CommandRun trained = train(full, run);
    assertEquals(0, trained.exitCode(), trained.err());
    assertTrue(
        trained
            .err()
            .contains("method dino, prototypes free, center logit, local-size 8: network of '"),
        trained.err());
    assertEquals(
        RunRecord.read(full).config().model().method(),
        RunRecord.read(run).config().model().method());

    Path file = Files.writeString(folder.resolve("c.yaml"), "num-prototypes: 9\n");
    CommandRun refused = train(full, folder.resolve("other"), "--config=" + file);
    assertEquals(ExitCodes.ARGUMENTS, refused.exitCode());
    assertTrue(
        refused.err().contains("--num-prototypes 9 (file %s:1) must be 24".formatted(file)),
        refused.err());
    assertFalse(Files.exists(folder.resolve("other")));
  }

  @Test
  void anEncoderWithoutAHeadGetsAFreshOneOfAnySize() throws IOException {
    Path run = folder.resolve("run");
    CommandRun trained =
        train(backbone, run, "--num-prototypes=12", "--head-hidden-dim=6", "--bottleneck-dim=5");
    assertEquals(0, trained.exitCode(), trained.err());
    assertTrue(trained.err().contains("the encoder; a fresh head of '"), trained.err());
    assertEquals(12, RunRecord.read(run).config().model().head().numPrototypes());
    assertEquals(PrototypeKind.VMF, RunRecord.read(run).config().model().method().prototypes());
    assertArrayEquals(
        weights(backbone).get("student/backbone/blocks/1/mlp/fc2/weight"),
        weights(run).get("student/backbone/blocks/1/mlp/fc2/weight"),
        1e-20f);
  }

  @Test
  void anImportedRunIsResumedWithImages() throws IOException {
    Path run = folder.resolve("run");
    SmallTraining.copy(backbone, run);
    CommandRun without = CommandRun.of("train", "--resume", "--out", run);
    assertEquals(ExitCodes.ARGUMENTS, without.exitCode());
    assertTrue(without.err().contains("has seen no images yet; give --data DIR"), without.err());
    CommandRun trained = CommandRun.of("train", "--resume", "--data", images, "--out", run);
    assertEquals(0, trained.exitCode(), trained.err());
    assertEquals(4, RunRecord.read(run).data().images());
    assertSameStudent(backbone, run);
    Map<String, String> provenance = RunRecord.read(run).provenance();
    assertTrue(
        provenance.get(NetworkOrigin.KEY).endsWith("dino-backbone.pth"), provenance::toString);
  }

  @Test
  void aRunThatLostItsWeightsIsNotResumed() throws IOException {
    Path run = folder.resolve("run");
    SmallTraining.copy(backbone, run);
    MoreFiles.deleteRecursively(run.resolve("checkpoints"), RecursiveDeleteOption.ALLOW_INSECURE);
    CommandRun lost = CommandRun.of("train", "--resume", "--data", images, "--out", run);
    assertEquals(ExitCodes.CHECKPOINT, lost.exitCode(), lost.err());
    assertTrue(lost.err().contains("has no checkpoint, and its weights came from '"), lost.err());

    Path other = Files.writeString(folder.resolve("c.yaml"), "init-from: " + full + "\n");
    CommandRun refused =
        CommandRun.of("train", "--resume", "--data", images, "--out", backbone, "--config", other);
    assertEquals(ExitCodes.CHECKPOINT, refused.exitCode(), refused.err());
    assertTrue(refused.err().contains("cannot be resumed with init-from '" + full), refused.err());
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
            INTEROP.resolve("dino-full.pth"),
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

  /** What {@code --init-from} takes has one channel; so has what is read of the images. */
  @Tag("slow")
  @Test
  void channelsAreThoseOfTheNetwork() throws IOException {
    Path gray = folder.resolve("gray");
    TinyRun.begin(gray, 1);
    Path run = folder.resolve("run");
    CommandRun early = train(gray, run);
    assertEquals(ExitCodes.CHECKPOINT, early.exitCode(), early.err());
    assertTrue(early.err().contains("has no checkpoint yet; train it first"), early.err());
    assertFalse(Files.exists(run), "what fails is not in the way of the next attempt");

    TinyRun.save(gray, 1, 1);
    CommandRun trained = train(gray, run);
    assertEquals(0, trained.exitCode(), trained.err());
    assertEquals(1, RunRecord.read(run).config().model().encoder().inChannels());
    assertEquals(1, RunRecord.read(run).config().normalization().channels());
    CommandRun color = train(gray, folder.resolve("color"), "--channels=3");
    assertEquals(ExitCodes.ARGUMENTS, color.exitCode());
    assertTrue(color.err().contains("--channels 3 (flag) must be 1; leave them out"), color.err());
  }

  @Test
  void importTakesTheWeightsOfItsFileAlone() {
    CommandRun refused =
        CommandRun.of(
            "import",
            INTEROP.resolve("dino-full.pth"),
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
                "--patch-size 8 (flag) must be 4; --num-prototypes 9 (flag) must be 24; leave them out"),
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

  private CommandRun train(Path source, Path run, String... more) {
    List<Object> arguments = new ArrayList<>(List.of("train", "--init-from", source));
    arguments.addAll(List.of("--data", images, "--out", run));
    arguments.addAll(BRIEF);
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray());
  }

  private static Path importBackbone(Path run, String name, String... more) {
    List<Object> arguments =
        new ArrayList<>(List.of("import", INTEROP.resolve(name), "--heads=2", "--out", run));
    arguments.addAll(SMALL_HEAD);
    arguments.addAll(List.of(more));
    CommandRun imported = CommandRun.of(arguments.toArray());
    assertEquals(0, imported.exitCode(), imported.err());
    return run;
  }

  private static void assertSameStudent(Path expected, Path found) throws IOException {
    Map<String, float[]> there = weights(expected);
    Map<String, float[]> here = weights(found);
    assertTrue(here.containsKey("student/head/prototypes/direction"), here.keySet()::toString);
    here.forEach(
        (name, value) -> {
          if (name.startsWith("student/")) {
            assertArrayEquals(there.get(name), value, 1e-20f, name);
          }
        });
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
