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
import java.util.List;
import java.util.stream.Stream;
import org.dinovmf.training.RunRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainCommandTest {

  @TempDir private static Path images;
  @TempDir private Path folder;

  @BeforeAll
  static void writeImages() throws IOException {
    SmallTraining.writeImages(images);
  }

  @Test
  void aDryRunTellsWhatARunWouldTakeAndLeavesNothing() {
    Path run = folder.resolve("dry");
    CommandRun dry = SmallTraining.train(images, run, "--dry-run", "--accumulate=1");
    assertEquals(0, dry.exitCode(), dry.err());
    assertTrue(dry.out().contains("Parameters: "), dry.out());
    assertTrue(dry.out().contains("sums of gradients 0"), dry.out());
    assertTrue(dry.out().contains("Run: 6 steps to do, "), dry.out());
    assertFalse(Files.exists(run));
  }

  @Test
  void trainsAndLeavesARunThatCanBeGivenAgain() throws IOException {
    Path run = Files.createDirectory(folder.resolve("new")); // an empty folder is as good as none
    CommandRun first = SmallTraining.train(images, run);
    assertEquals(ExitCodes.DONE, first.exitCode(), first.err());
    assertTrue(first.err().contains("24 images (16 PNG, 8 JPEG)"), first.err());
    assertTrue(first.err().contains("of 2 classes"), first.err());
    assertEquals(6, stepLines(run));
    assertTrue(Files.isRegularFile(run.resolve("checkpoints/step-000000006/manifest.json")));
    try (Stream<Path> events = Files.list(run.resolve("tensorboard"))) {
      assertTrue(events.anyMatch(file -> file.getFileName().toString().contains("tfevents")));
    }

    Path again = folder.resolve("again");
    CommandRun second =
        CommandRun.of("train", "--out", again, "--config=" + run.resolve("config.yaml"));
    assertEquals(ExitCodes.DONE, second.exitCode(), second.err());
    assertEquals(RunRecord.read(run).config(), RunRecord.read(again).config());
    assertEquals(RunRecord.read(run).data(), RunRecord.read(again).data());

    CommandRun changed = CommandRun.of("train", "--resume", "--out", run, "--lr=0.5");
    assertEquals(ExitCodes.CHECKPOINT, changed.exitCode(), changed.err());
    assertTrue(changed.err().contains("learningRate is 0.5 but was"), changed.err());

    CommandRun otherDry = SmallTraining.train(images, run, "--resume", "--dry-run", "--lr=0.5");
    assertEquals(ExitCodes.CHECKPOINT, otherDry.exitCode(), otherDry.err());
    CommandRun dry = SmallTraining.train(images, run, "--resume", "--dry-run");
    assertEquals(ExitCodes.DONE, dry.exitCode(), dry.err());
    assertTrue(dry.out().contains("Run: 0 steps to do, "), dry.out());
  }

  @Test
  void stopsWhenItsTimeIsUpAndGoesOn() throws IOException {
    Path run = folder.resolve("my run");
    CommandRun stopped = SmallTraining.train(images, run, "--max-time=1s", "--epochs=100000");
    assertEquals(ExitCodes.STOPPED, stopped.exitCode(), stopped.err());
    long steps = stepLines(run);
    assertTrue(steps >= 1);
    assertTrue(stopped.err().contains("--resume --out '%s'".formatted(run)), stopped.err());

    CommandRun resumed = CommandRun.of("train", "--resume", "--out", run, "--max-time=1s");
    assertEquals(ExitCodes.STOPPED, resumed.exitCode(), resumed.err());
    assertTrue(stepLines(run) > steps, "the log goes on where the checkpoint was");
  }

  /** Masked patches by options, stopped and gone on with, to the very same checkpoint. */
  @Tag("slow")
  @Test
  void trainsMaskedPatchesAndGoesOn() throws IOException {
    String[] ibot = {
      "--method=ibot-vmf",
      "--last-layers=separate",
      "--koleo-weight=0.1",
      "--checkpoint-every=1",
      "--mask-ratio=0 0.5",
      "--mask-ratio-var=0 0.1"
    };
    Path whole = folder.resolve("whole");
    CommandRun done = SmallTraining.train(images, whole, ibot);
    assertEquals(ExitCodes.DONE, done.exitCode(), done.err());
    for (String name : List.of("loss_cls", "loss_patch", "patch_entropy", "masked_share")) {
      assertTrue(done.err().contains("  " + name + " "), done.err());
      String line =
          Files.readAllLines(whole.resolve("metrics.jsonl")).get((int) stepLines(whole) - 1);
      assertTrue(line.contains("\"" + name + "\":"), line);
    }

    // As a run that was killed after its first epoch, whose checkpoint was kept.
    Path stopped = folder.resolve("stopped");
    SmallTraining.copy(whole, stopped);
    Path last = stopped.resolve("checkpoints/step-000000006");
    MoreFiles.deleteRecursively(last, RecursiveDeleteOption.ALLOW_INSECURE);
    Path smaller = folder.resolve("smaller");
    SmallTraining.copy(stopped, smaller);
    CommandRun resumed = CommandRun.of("train", "--resume", "--out", stopped);
    assertEquals(ExitCodes.DONE, resumed.exitCode(), resumed.err());
    assertTrue(resumed.err().contains("going on with the last 3 of 6 steps"), resumed.err());
    String weights = "checkpoints/step-000000006/weights.data-00000-of-00001";
    assertArrayEquals(
        Files.readAllBytes(whole.resolve(weights)), Files.readAllBytes(stopped.resolve(weights)));

    CommandRun checkpointed =
        CommandRun.of("train", "--resume", "--out", smaller, "--activation-checkpointing");
    assertEquals(ExitCodes.DONE, checkpointed.exitCode(), checkpointed.err());
    String said = "activation checkpointing is on from here on";
    assertTrue(checkpointed.err().contains(said), checkpointed.err());
    assertTrue(RunRecord.read(smaller).config().batch().checkpointsActivations());
    CommandRun again = CommandRun.of("train", "--resume", "--out", smaller, "--dry-run");
    assertEquals(ExitCodes.DONE, again.exitCode(), again.err());
    assertTrue(RunRecord.read(smaller).config().batch().checkpointsActivations());
  }

  /** A configuration file can hold all that a command line can, and is resolved into the same. */
  @Test
  void everythingCanStandInAFile() throws IOException {
    Path data = folder.resolve("photos: \"old\", new"); // YAML's own marks, and a blank
    SmallTraining.writeImages(data);
    Path labels = folder.resolve("labels.csv");
    Files.writeString(labels, "blue/1.png,blue\nblue/5.png,blue\nrød/2.png,dark\nrød/4.png,dark\n");
    Path run = folder.resolve("run");
    StringBuilder yaml = new StringBuilder();
    for (String option : SmallTraining.OPTIONS) {
      yaml.append(option.substring(2).replace("=", ": ")).append('\n');
    }
    yaml.append("data: ['%s']\nout: '%s'\n".formatted(data, run));
    yaml.append("labels: '%s'\nval: '%s'\n".formatted(labels, images));
    yaml.append("device: cpu\nallow-truncated: true\ndecode-timeout: 2m\n");
    Path file = Files.writeString(folder.resolve("c.yaml"), yaml);

    CommandRun first = CommandRun.of("train", "--config", file);
    assertEquals(ExitCodes.DONE, first.exitCode(), first.err());
    assertTrue(
        first.err().contains("24 images classified by 4 neighbors of 3 classes"), first.err());
    String resolved = Files.readString(run.resolve("config.yaml"));
    assertTrue(
        resolved.contains("\"%s\"".formatted(data.toString().replace("\"", "\\\""))), resolved);
    for (String key : List.of("data", "out", "labels", "val", "device", "allow-truncated")) {
      assertTrue(
          resolved.lines().anyMatch(l -> l.matches(key + ": .*# file .*c\\.yaml:[0-9]+")),
          key + " in " + resolved);
    }

    // The same file would overwrite the run; its resolved form gives the same run elsewhere.
    CommandRun exists = CommandRun.of("train", "--config", file);
    assertEquals(ExitCodes.ARGUMENTS, exists.exitCode());
    assertTrue(exists.err().contains("'%s' exists".formatted(run)), exists.err());
    Path again = folder.resolve("again");
    CommandRun second =
        CommandRun.of("train", "--config", run.resolve("config.yaml"), "--out", again);
    assertEquals(ExitCodes.DONE, second.exitCode(), second.err());
    assertEquals(RunRecord.read(run).config(), RunRecord.read(again).config());
    assertEquals(RunRecord.read(run).data(), RunRecord.read(again).data());
    assertTrue(second.err().contains("24 images classified by 4 neighbors"), second.err());

    CommandRun resumed = CommandRun.of("train", "--resume", "--out", run);
    assertEquals(ExitCodes.DONE, resumed.exitCode(), resumed.err());
    assertTrue(resumed.err().contains("24 images classified by 4 neighbors"), resumed.err());
  }

  @Test
  void foldersAreNeededWhereverTheyAreGiven() {
    CommandRun noOut = CommandRun.of("train", "--data", images);
    assertEquals(ExitCodes.ARGUMENTS, noOut.exitCode());
    assertTrue(
        noOut.err().startsWith("dino-vmf: a folder for the run is needed: --out RUN"), noOut.err());
    CommandRun noData = CommandRun.of("train", "--out", folder.resolve("run"));
    assertEquals(ExitCodes.ARGUMENTS, noData.exitCode());
    assertTrue(
        noData.err().startsWith("dino-vmf: a folder of images is needed: --data DIR"),
        noData.err());
  }

  @Test
  void leavesAnExistingFolderAsItIs() throws IOException {
    Path run = Files.createDirectory(folder.resolve("run"));
    Path file = Files.writeString(run.resolve("mine.txt"), "mine");
    CommandRun refused = SmallTraining.train(images, run);
    assertEquals(ExitCodes.ARGUMENTS, refused.exitCode());
    assertTrue(
        refused
            .err()
            .startsWith(
                "dino-vmf: '%s' exists and is left as it is; give --out another name\n"
                    .formatted(run)),
        refused.err());
    assertEquals("mine", Files.readString(file));
  }

  @Test
  void batchLargerThanTheSetIsRefusedBeforeAFolderIsMade() {
    Path run = folder.resolve("run");
    CommandRun refused = SmallTraining.train(images, run, "--batch-size=16", "--accumulate=2");
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

    CommandRun noLabels =
        SmallTraining.train(
            images, folder.resolve("run"), "--labels=" + folder.resolve("none.csv"));
    assertEquals(ExitCodes.DATA, noLabels.exitCode());
    assertTrue(noLabels.err().contains("none.csv' is not a file"), noLabels.err());
    assertFalse(Files.exists(folder.resolve("run")));
  }

  @Test
  void classesThatNoQueryHasAreAFaultOfTheData() throws IOException {
    Path labels = Files.writeString(folder.resolve("l.csv"), "blue/1.png,b\nrød/2.png,r\n");
    CommandRun refused =
        SmallTraining.train(images, folder.resolve("run"), "--labels=" + labels, "--val=" + images);
    assertEquals(ExitCodes.DATA, refused.exitCode(), refused.err());
    assertTrue(
        refused
            .err()
            .contains(
                "dino-vmf: the folders of --val '%s' must be named as classes of the images, but are blue, rød, and the classes are b, r"
                    .formatted(images)),
        refused.err());
  }

  @Test
  void onlyARunIsResumed() {
    CommandRun refused = CommandRun.of("train", "--resume", "--out", folder.resolve("none"));
    assertEquals(ExitCodes.CHECKPOINT, refused.exitCode());
    assertTrue(refused.err().contains("is not a run: it holds no run.json"), refused.err());
  }

  /** Lines of the log that report steps, not evaluations. */
  private static long stepLines(Path run) throws IOException {
    return Files.readAllLines(run.resolve("metrics.jsonl")).stream()
        .filter(line -> line.contains("\"loss\""))
        .count();
  }
}
