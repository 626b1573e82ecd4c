package org.dinovmf.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.dinovmf.training.checkpoint.Checkpoint;
import org.dinovmf.training.checkpoint.Checkpoints;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is full, and too little memory: one line, the documented code, and nothing lost. */
@Tag("slow")
@DisabledOnOs(OS.WINDOWS)
class ScarceResourcesTest {

  @TempDir private static Path images;
  @TempDir private Path folder;

  @BeforeAll
  static void writeImages() throws IOException {
    SmallTraining.writeImages(images);
  }

  /** A limit on the size of files stands for a full disk: writing fails in the same places. */
  @Test
  void fullDiskWhileSavingKeepsTheCheckpointBefore() throws IOException, InterruptedException {
    Path run = folder.resolve("run");
    CommandRun begun = SmallTraining.train(images, run, "--epochs=100000", "--max-time=1s");
    assertEquals(ExitCodes.STOPPED, begun.exitCode(), begun.err());
    Checkpoint before = newest(run);

    CommandRun full =
        ChildProcess.run(
            folder,
            "ulimit -f 200;",
            List.of("-Xmx256m"),
            Main.class,
            "train",
            "--resume",
            "--out",
            run,
            "--max-time=1h",
            "--checkpoint-every=1");
    assertEquals(ExitCodes.FAILURE, full.exitCode(), full.err());
    String last = lastLine(full);
    assertTrue(last.startsWith("dino-vmf: ") && last.contains("File too large"), full.err());
    assertTrue(last.contains(run.toString()), last);
    assertEquals(before.directory(), newest(run).directory());
    assertNothingHalf(run);
  }

  @Test
  void tooSmallAHeapSaysWhatToDo() throws IOException, InterruptedException {
    Path large = Files.createDirectory(folder.resolve("large"));
    for (int i = 0; i < 8; i++) { // 48 MB each when they are decoded
      File file = large.resolve(i + ".png").toFile();
      ImageIO.write(new BufferedImage(4000, 4000, BufferedImage.TYPE_BYTE_BINARY), "png", file);
    }
    List<Object> arguments = new ArrayList<>();
    arguments.addAll(List.of("train", "--data", large, "--out", folder.resolve("run")));
    arguments.addAll(SmallTraining.with("--mean=0.5 0.5 0.5", "--std=0.2 0.2 0.2"));
    CommandRun run =
        ChildProcess.run(folder, "", List.of("-Xmx40m"), Main.class, arguments.toArray());
    assertEquals(ExitCodes.FAILURE, run.exitCode(), run.err());
    assertEquals(
        "dino-vmf: the Java heap is too small; set DINO_VMF_JAVA_OPTS=-Xmx8g, say, or lower --batch-size or --threads",
        lastLine(run),
        run.err());
  }

  private static String lastLine(CommandRun run) {
    List<String> lines = run.err().lines().toList();
    assertFalse(lines.isEmpty());
    return lines.get(lines.size() - 1);
  }

  private static Checkpoint newest(Path run) throws IOException {
    List<String> warnings = new ArrayList<>();
    Checkpoint newest = new Checkpoints(run, 1).latestValid(warnings::add).orElseThrow();
    assertEquals(List.of(), warnings);
    return newest;
  }

  private static void assertNothingHalf(Path run) throws IOException {
    try (Stream<Path> files = Files.list(run.resolve("checkpoints"))) {
      assertEquals(
          List.of(),
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.startsWith("."))
              .toList());
    }
  }
}
