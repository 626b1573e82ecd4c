package org.dinovmf.tools;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.dinovmf.training.RunRecord;
import org.dinovmf.training.TrainConfig;
import org.dinovmf.training.method.PrototypeKind;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training on, from imported runs and from others. */
final class TrainFromImportTest {

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
        Imports.weights(backbone).get("student/backbone/blocks/1/mlp/fc2/weight"),
        Imports.weights(run).get("student/backbone/blocks/1/mlp/fc2/weight"),
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
    Imports.backbone(run, "dino-backbone.pth");
    assertEquals(Imports.weights(backbone).keySet(), Imports.weights(run).keySet());
  }

  private CommandRun train(Path source, Path run, String... more) {
    List<Object> arguments = new ArrayList<>(List.of("train", "--init-from", source));
    arguments.addAll(List.of("--data", images, "--out", run));
    arguments.addAll(Imports.BRIEF);
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray());
  }

  private static void assertSameStudent(Path expected, Path found) throws IOException {
    Map<String, float[]> there = Imports.weights(expected);
    Map<String, float[]> here = Imports.weights(found);
    assertTrue(here.containsKey("student/head/prototypes/direction"), here.keySet()::toString);
    here.forEach(
        (name, value) -> {
          if (name.startsWith("student/")) {
            assertArrayEquals(there.get(name), value, 1e-20f, name);
          }
        });
  }
}
