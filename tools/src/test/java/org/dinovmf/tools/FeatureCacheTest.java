package org.dinovmf.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FeatureCacheTest {

  @TempDir private static Path folder;

  private static Path run;
  private static Path images;

  @TempDir private Path cache;

  @BeforeAll
  static void makeRunAndImages() throws IOException {
    run = Files.createDirectory(folder.resolve("run"));
    TinyRun.begin(run);
    TinyRun.save(run, 1);
    images = folder.resolve("images");
    for (int i = 0; i < 4; i++) {
      TestImages.write(images.resolve("rot/" + i + ".png"), Color.RED, 20, 16, i);
      TestImages.write(images.resolve("blau/" + i + ".png"), Color.BLUE, 16, 16, i);
    }
    Path cut = TestImages.write(images.resolve("rot/cut.png"), Color.RED, 32, 32, 1);
    byte[] bytes = Files.readAllBytes(cut);
    Files.write(cut, Arrays.copyOf(bytes, bytes.length / 2));
  }

  @Test
  void givesTheSameNumbersFromTheCacheAndWithout() throws IOException {
    CommandRun without = evaluate();
    CommandRun first = evaluate("--cache", cache);
    CommandRun second = evaluate("--cache", cache);
    assertEquals(0, without.exitCode(), without.err());
    assertEquals(without.out(), first.out());
    assertEquals(without.out(), second.out());
    assertTrue(first.err().contains("of 9 images"), first.err());
    assertTrue(second.err().contains("left out: rot/cut.png: "), second.err());
    assertEquals(1, entries().size());
    assertTrue(entries().get(0).getFileName().toString().startsWith("cls-"));
    // Nothing was computed, so nothing tells how far it is.
    assertTrue(!second.err().contains("of 9 images"), second.err());
  }

  @Test
  void computesAgainForOtherImagesAndAnotherCheckpoint() throws IOException {
    evaluate("--cache", cache);
    Files.setLastModifiedTime(images.resolve("rot/1.png"), FileTime.fromMillis(1_000_000));
    evaluate("--cache", cache);
    assertEquals(2, entries().size());
    TinyRun.save(run, 2);
    evaluate("--cache", cache);
    assertEquals(3, entries().size());
    evaluate("--cache", cache, "--allow-truncated");
    assertEquals(4, entries().size());
  }

  /** As if the disk had failed: the file is as long and as old as when its header was read. */
  @Test
  void triesBadImagesAgain() throws IOException {
    Path file = images.resolve("rot/3.png");
    byte[] whole = Files.readAllBytes(file);
    FileTime time = Files.getLastModifiedTime(file);
    byte[] broken = whole.clone();
    Arrays.fill(broken, 60, broken.length, (byte) 0);
    Files.write(file, broken);
    Files.setLastModifiedTime(file, time);
    CommandRun first = evaluate("--cache", cache);
    assertTrue(first.err().contains("left out: rot/3.png: "), first.err());
    Files.write(file, whole);
    Files.setLastModifiedTime(file, time);
    CommandRun second = evaluate("--cache", cache);
    assertEquals(1, entries().size());
    assertTrue(!second.err().contains("rot/3.png"), second.err());
    assertEquals(evaluate().out(), second.out());
  }

  @Test
  void readsNamesWithCommasQuotesAndNewlines() throws IOException {
    Path odd = images.resolve("rot/a, \"b\"\nc.png");
    TestImages.write(odd, Color.RED, 20, 16, 7);
    CommandRun first = evaluate("--cache", cache);
    CommandRun second = evaluate("--cache", cache);
    Files.delete(odd);
    assertEquals(0, second.exitCode(), second.err());
    assertEquals(first.out(), second.out());
  }

  @Test
  void saysThatAnEntryIsDamaged() throws IOException {
    evaluate("--cache", cache);
    Path file = entries().get(0).resolve("embeddings.npy");
    Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 200));
    CommandRun found = evaluate("--cache", cache);
    assertEquals(1, found.exitCode());
    assertEquals(
        "dino-vmf: '%s' must hold 9 rows of 24 values and a line for each, but does not; remove it"
            .formatted(entries().get(0)),
        found.err().strip());
  }

  private List<Path> entries() throws IOException {
    try (Stream<Path> inside = Files.list(cache)) {
      return inside.toList();
    }
  }

  /** Both sides are the same images, so that one entry serves both. */
  private CommandRun evaluate(Object... more) {
    Object[] arguments =
        Stream.concat(
                Stream.of(
                    "eval", "knn", "--run", run, "--train", images, "--val", images, "--k", "3"),
                Stream.of(more))
            .toArray();
    return CommandRun.of(arguments);
  }
}
