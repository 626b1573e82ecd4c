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
import java.util.List;
import java.util.stream.Stream;
import org.dinovmf.training.RunRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainCommandTest {

  private static final int IMAGES = 24;

  /** A network as small as the options allow; an epoch has 3 steps. */
  private static final List<String> SMALL =
      List.of(
          "--arch=vit_nano",
          "--image-size=16",
          "--patch-size=8",
          "--local-size=8",
          "--local-crops=1",
          "--num-prototypes=16",
          "--head-hidden-dim=16",
          "--bottleneck-dim=8",
          "--batch-size=8",
          "--accumulate=1",
          "--epochs=2",
          "--warmup-epochs=1",
          "--warmup-teacher-temp-epochs=1",
          "--log-every=1",
          "--threads=1");

  @TempDir private static Path images;
  @TempDir private Path folder;

  @BeforeAll
  static void writeImages() throws IOException {
    for (int i = 0; i < IMAGES; i++) {
      boolean isRed = i % 2 == 0;
      TestImages.write(
          images.resolve((isRed ? "rød/" : "blue/") + i + (i % 3 == 0 ? ".jpg" : ".png")),
          isRed ? Color.RED : Color.BLUE,
          20 + i,
          30,
          i);
    }
  }

  @Test
  void trainsAndLeavesARunThatCanBeGivenAgain() throws IOException {
    Path run = Files.createDirectory(folder.resolve("new")); // an empty folder is as good as none
    CommandRun first = train(run, SMALL);
    assertEquals(ExitCodes.DONE, first.exitCode(), first.err());
    assertTrue(first.err().contains("24 images (16 PNG, 8 JPEG)"), first.err());
    assertTrue(first.err().contains("of 2 classes"), first.err());
    assertEquals(6, stepLines(run));
    assertTrue(Files.isRegularFile(run.resolve("checkpoints/step-000000006/manifest.json")));
    try (Stream<Path> events = Files.list(run.resolve("tensorboard"))) {
      assertTrue(events.anyMatch(file -> file.getFileName().toString().contains("tfevents")));
    }

    Path again = folder.resolve("again");
    CommandRun second = train(again, List.of("--config=" + run.resolve("config.yaml")));
    assertEquals(ExitCodes.DONE, second.exitCode(), second.err());
    assertEquals(RunRecord.read(run).config(), RunRecord.read(again).config());
    assertEquals(RunRecord.read(run).data(), RunRecord.read(again).data());

    CommandRun changed = CommandRun.of("train", "--resume", "--out", run, "--lr=0.5");
    assertEquals(ExitCodes.CHECKPOINT, changed.exitCode(), changed.err());
    assertTrue(changed.err().contains("learningRate is 0.5 but was"), changed.err());
  }

  @Test
  void stopsWhenItsTimeIsUpAndGoesOn() throws IOException {
    Path run = folder.resolve("run");
    List<String> brief = new ArrayList<>(SMALL);
    brief.add("--max-time=1s");
    brief.remove("--epochs=2");
    brief.add("--epochs=100000");
    CommandRun stopped = train(run, brief);
    assertEquals(ExitCodes.STOPPED, stopped.exitCode(), stopped.err());
    long steps = stepLines(run);
    assertTrue(steps >= 1);
    assertTrue(stopped.err().contains("--resume --out " + run), stopped.err());

    CommandRun resumed = CommandRun.of("train", "--resume", "--out", run, "--max-time=1s");
    assertEquals(ExitCodes.STOPPED, resumed.exitCode(), resumed.err());
    assertTrue(stepLines(run) > steps, "the log goes on where the checkpoint was");
  }

  /** Hidden patches by options, stopped and gone on with, to the very same checkpoint. */
  @Test
  void trainsHiddenPatchesAndGoesOn() throws IOException {
    List<String> ibot = new ArrayList<>(SMALL);
    ibot.addAll(List.of("--method=ibot-vmf", "--last-layers=separate", "--koleo-weight=0.1"));
    ibot.addAll(List.of("--mask-ratio", "0", "0.5", "--mask-ratio-var", "0", "0.1"));
    Path whole = folder.resolve("whole");
    CommandRun done = train(whole, ibot);
    assertEquals(ExitCodes.DONE, done.exitCode(), done.err());
    for (String name : List.of("loss_cls", "loss_patch", "patch_entropy", "hidden_share")) {
      assertTrue(done.err().contains("  " + name + " "), done.err());
      String last =
          Files.readAllLines(whole.resolve("metrics.jsonl")).get((int) stepLines(whole) - 1);
      assertTrue(last.contains("\"" + name + "\":"), last);
    }

    Path stopped = folder.resolve("stopped");
    List<String> brief = new ArrayList<>(ibot);
    brief.add("--max-time=1s");
    assertTrue(
        List.of(ExitCodes.DONE, ExitCodes.STOPPED).contains(train(stopped, brief).exitCode()));
    CommandRun resumed = CommandRun.of("train", "--resume", "--out", stopped, "--max-time=none");
    assertEquals(ExitCodes.DONE, resumed.exitCode(), resumed.err());
    String weights = "checkpoints/step-000000006/weights.data-00000-of-00001";
    assertArrayEquals(
        Files.readAllBytes(whole.resolve(weights)), Files.readAllBytes(stopped.resolve(weights)));
  }

  @Test
  void leavesAnExistingFolderAsItIs() throws IOException {
    Path run = Files.createDirectory(folder.resolve("run"));
    Path file = Files.writeString(run.resolve("mine.txt"), "mine");
    CommandRun refused = train(run, SMALL);
    assertEquals(ExitCodes.ARGUMENTS, refused.exitCode());
    assertTrue(
        refused.err().startsWith("dino-vmf: '%s' exists and is left as it is".formatted(run)),
        refused.err());
    assertEquals("mine", Files.readString(file));
  }

  @Test
  void batchLargerThanTheSetIsRefusedBeforeAFolderIsMade() {
    Path run = folder.resolve("run");
    List<String> large = new ArrayList<>(SMALL);
    large.replaceAll(
        option ->
            option.startsWith("--batch-size")
                ? "--batch-size=16"
                : option.replace("--accumulate=1", "--accumulate=2"));
    CommandRun refused = train(run, large);
    assertEquals(ExitCodes.ARGUMENTS, refused.exitCode(), refused.err());
    assertTrue(
        refused
            .err()
            .contains(
                "a step takes 32 images (--batch-size 16, --accumulate 2), but there are only 24; use --batch-size 12"),
        refused.err());
    assertFalse(Files.exists(run));
  }

  @Test
  void faultsOfTheConfigurationAreToldBeforeImagesAreLookedFor() throws IOException {
    Path config = Files.writeString(folder.resolve("c.yaml"), "epochs: ten\nlearing-rate: 1\n");
    CommandRun refused =
        CommandRun.of(
            "train",
            "--data",
            folder.resolve("none"),
            "--out",
            folder.resolve("run"),
            "--config",
            config,
            "--lr=0,1");
    assertEquals(ExitCodes.ARGUMENTS, refused.exitCode(), refused.err());
    assertTrue(refused.err().contains("'ten'"), refused.err());
    assertTrue(refused.err().contains("learing-rate"), refused.err());
    assertTrue(refused.err().contains("'0,1'"), refused.err());
  }

  @Test
  void missingImagesAndLabelsAreFaultsOfTheData() {
    CommandRun noFolder =
        CommandRun.of("train", "--data", folder.resolve("none"), "--out", folder.resolve("run"));
    assertEquals(ExitCodes.DATA, noFolder.exitCode());
    assertEquals(
        "dino-vmf: '%s' does not exist%n".formatted(folder.resolve("none")), noFolder.err());

    List<String> labeled = new ArrayList<>(SMALL);
    labeled.add("--labels=" + folder.resolve("none.csv"));
    CommandRun noLabels = train(folder.resolve("run"), labeled);
    assertEquals(ExitCodes.DATA, noLabels.exitCode());
    assertTrue(noLabels.err().contains("none.csv' is not a file"), noLabels.err());
    assertFalse(Files.exists(folder.resolve("run")));
  }

  @Test
  void onlyARunIsResumed() {
    CommandRun refused = CommandRun.of("train", "--resume", "--out", folder.resolve("none"));
    assertEquals(ExitCodes.CHECKPOINT, refused.exitCode());
    assertTrue(refused.err().contains("is not a run: it holds no run.json"), refused.err());
  }

  private CommandRun train(Path run, List<String> options) {
    List<Object> arguments =
        new ArrayList<>(List.of("train", "--data", images, "--out", run, "--device=cpu"));
    arguments.addAll(options);
    return CommandRun.of(arguments.toArray());
  }

  /** Lines of the log that report steps, not evaluations. */
  private static long stepLines(Path run) throws IOException {
    return Files.readAllLines(run.resolve("metrics.jsonl")).stream()
        .filter(line -> line.contains("\"loss\""))
        .count();
  }
}
