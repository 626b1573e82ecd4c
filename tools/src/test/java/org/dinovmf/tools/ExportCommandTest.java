package org.dinovmf.tools;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.dinovmf.savedmodel.Encoder;
import org.dinovmf.training.checkpoint.Checkpoint;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ExportCommandTest {

  @TempDir private Path folder;

  @Tag("slow")
  @Test
  void exportsTheNewestCheckpointOfARun() throws IOException {
    Path run = Files.createDirectory(folder.resolve("lauf-ü"));
    TinyRun.begin(run);
    Checkpoint first = TinyRun.save(run, 10);
    Checkpoint second = TinyRun.save(run, 20);
    Path model = folder.resolve("model");

    CommandRun newest = CommandRun.of("export", "savedmodel", "--run", run, "--out", model);
    assertEquals(0, newest.exitCode(), newest.err());
    assertEquals(model.resolve("1") + System.lineSeparator(), newest.out());

    CommandRun named =
        CommandRun.of(
            "export",
            "savedmodel",
            "--run",
            run,
            "--out",
            model,
            "--checkpoint",
            first.directory());
    assertEquals(0, named.exitCode(), named.err());
    assertEquals(model.resolve("2") + System.lineSeparator(), named.out());

    float[][][][] pixels = new float[1][16][16][3];
    pixels[0][3][4][1] = 1;
    assertArrayEquals(embed(run, second, pixels), embed(model.resolve("1"), pixels), 1e-5f);
    assertArrayEquals(embed(run, first, pixels), embed(model.resolve("2"), pixels), 1e-5f);
    assertNotEquals(
        embed(model.resolve("1"), pixels)[0], embed(model.resolve("2"), pixels)[0], 1e-3f);
  }

  @Test
  void exportsAnOnnxFile() throws IOException {
    Path run = Files.createDirectory(folder.resolve("run"));
    TinyRun.begin(run);
    TinyRun.save(run, 10);
    Path file = folder.resolve("encoder.onnx");
    CommandRun found = CommandRun.of("export", "onnx", "--run", run, "--out", file);
    assertEquals(0, found.exitCode(), found.err());
    assertEquals(file + System.lineSeparator(), found.out());
    CommandRun again = CommandRun.of("export", "onnx", "--run", run, "--out", file);
    assertEquals(1, again.exitCode());
    assertEquals(
        "dino-vmf: this exists already and is left as it is: " + file, again.err().strip());
  }

  @Test
  void saysThatAFolderIsNoRun() {
    CommandRun found =
        CommandRun.of("export", "savedmodel", "--run", folder, "--out", folder.resolve("m"));
    assertEquals(5, found.exitCode());
    assertEquals(
        "dino-vmf: '%s' is not a run: it holds no run.json".formatted(folder), found.err().strip());
    assertFalse(Files.exists(folder.resolve("m")));
  }

  @Test
  void saysThatARunHasNoCheckpoint() throws IOException {
    TinyRun.begin(folder);
    CommandRun found =
        CommandRun.of("export", "savedmodel", "--run", folder, "--out", folder.resolve("m"));
    assertEquals(5, found.exitCode());
    assertEquals(
        "dino-vmf: run '%s' has no checkpoint yet; train it first".formatted(folder),
        found.err().strip());
  }

  @Test
  void wantsTheFormNamed() {
    CommandRun found = CommandRun.of("export");
    assertEquals(2, found.exitCode());
    assertTrue(
        found
            .err()
            .startsWith("dino-vmf: a form must be named, such as: dino-vmf export savedmodel"),
        found.err());
  }

  private static float[] embed(Path model, float[][][][] pixels) throws IOException {
    try (Encoder encoder = Encoder.load(model)) {
      return encoder.embedPixels(pixels)[0];
    }
  }

  private static float[] embed(Path run, Checkpoint checkpoint, float[][][][] pixels)
      throws IOException {
    TrainedEncoder trained =
        TrainedEncoder.of(run, Optional.of(checkpoint.directory()), warning -> {});
    try (Encoder encoder = Encoder.fromCheckpoint(trained.source(), 1)) {
      return encoder.embedPixels(pixels)[0];
    }
  }
}
