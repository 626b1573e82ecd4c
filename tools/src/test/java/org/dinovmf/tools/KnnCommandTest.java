package org.dinovmf.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KnnCommandTest {

  private static final Map<String, Color> CLASSES =
      Map.of("rot", Color.RED, "grün", Color.GREEN, "blau", Color.BLUE);

  @TempDir private static Path shared;

  private static Path run;
  private static Path train;
  private static Path val;

  @BeforeAll
  static void makeRunAndImages() throws IOException {
    run = Files.createDirectory(shared.resolve("run"));
    TinyRun.begin(run);
    TinyRun.save(run, 1);
    train = shared.resolve("train");
    val = shared.resolve("val");
    for (Map.Entry<String, Color> entry : CLASSES.entrySet()) {
      for (int i = 0; i < 4; i++) {
        TestImages.write(
            train.resolve(entry.getKey()).resolve(i + ".png"), entry.getValue(), 16, 20, i);
      }
      TestImages.write(val.resolve(entry.getKey()).resolve("v.png"), entry.getValue(), 20, 16, 99);
    }
  }

  /** Whole colors are told apart even by random weights. */
  @Test
  void evaluatesTheTeacherOfARun() {
    CommandRun found = evaluate("--run", run, "--k", "1,3");
    assertEquals(0, found.exitCode(), found.err());
    assertEquals(
        """
        3 images classified by the votes of 12, 3 classes
           k   top-1   top-5
           1  100.00  100.00
           3  100.00  100.00
        """,
        found.out().replace(System.lineSeparator(), "\n"));
  }

  @Test
  void printsTheSameNumbersInEveryLocale() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("tr-TR"));
    try {
      CommandRun found = evaluate("--run", run, "--k", "1");
      assertTrue(found.out().contains("   1  100.00  100.00"), found.out());
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void evaluatesAnExportedModelAndPrintsJson() throws IOException {
    Path model = shared.resolve("model");
    assertEquals(0, CommandRun.of("export", "savedmodel", "--run", run, "--out", model).exitCode());
    CommandRun found = evaluate("--model", model, "--k", "2", "--json");
    assertEquals(0, found.exitCode(), found.err());
    JsonNode json = new ObjectMapper().readTree(found.out());
    assertEquals(12, json.get("train").intValue());
    assertEquals(3, json.get("val").intValue());
    assertEquals(TinyRun.DIMENSION, json.get("dimension").intValue());
    assertEquals(2, json.get("results").get(0).get("k").intValue());
    assertEquals(100, json.get("results").get(0).get("top1").doubleValue());
  }

  @Test
  void takesLabelsFromFilesAndMatchesClassesByName(@TempDir Path folder) throws IOException {
    // By these labels every query is of a class that votes for another color.
    Path labels = folder.resolve("labels.csv");
    StringBuilder lines = new StringBuilder("path,label\n");
    for (String name : CLASSES.keySet()) {
      for (int i = 0; i < 4; i++) {
        lines.append("%s/%d.png,not %s\n".formatted(name, i, name));
      }
    }
    Files.writeString(labels, lines);
    CommandRun found = evaluate("--run", run, "--k", "1", "--labels", labels);
    assertEquals(0, found.exitCode(), found.err());
    assertTrue(found.out().contains("12, 6 classes"), found.out());
    assertTrue(found.out().contains("   1    0.00"), found.out());
  }

  @Test
  void namesABadImageAndLeavesItOut(@TempDir Path folder) throws IOException {
    TestImages.write(folder.resolve("rot/good.png"), Color.RED, 16, 16, 1);
    TestImages.write(folder.resolve("blau/good.png"), Color.BLUE, 16, 16, 1);
    Path cut = TestImages.write(folder.resolve("rot/cut.png"), Color.RED, 32, 32, 1);
    byte[] bytes = Files.readAllBytes(cut);
    Files.write(cut, Arrays.copyOf(bytes, bytes.length / 2));
    CommandRun found =
        CommandRun.of("eval", "knn", "--run", run, "--train", train, "--val", folder, "--k", "1");
    assertEquals(0, found.exitCode(), found.err());
    assertTrue(found.err().contains("left out: rot/cut.png: "), found.err());
    assertTrue(found.out().startsWith("2 images classified"), found.out());
  }

  @Test
  void saysThatImagesHaveNoLabels(@TempDir Path folder) throws IOException {
    TestImages.write(folder.resolve("a.png"), Color.RED, 16, 16, 1);
    CommandRun found =
        CommandRun.of("eval", "knn", "--run", run, "--train", train, "--val", folder);
    assertEquals(3, found.exitCode());
    assertEquals(
        "dino-vmf: images in [%s] have no labels: put each class into a folder of its own, or give a csv file of labels"
            .formatted(folder),
        found.err().strip());
  }

  @Test
  void rejectsArgumentsThatDoNotGoTogether() {
    CommandRun both = evaluate("--run", run, "--model", run);
    assertEquals(2, both.exitCode());
    CommandRun none = evaluate("--k", "1");
    assertEquals(2, none.exitCode());
    CommandRun zero = evaluate("--run", run, "--k", "0");
    assertEquals(2, zero.exitCode());
    assertTrue(
        zero.err().startsWith("dino-vmf: --k: every k must be at least 1, and one is needed: [0]"),
        zero.err());
    CommandRun checkpoint = evaluate("--model", run, "--checkpoint", run);
    assertEquals(2, checkpoint.exitCode());
    assertTrue(
        checkpoint.err().startsWith("dino-vmf: --checkpoint belongs to --run and cannot be given"),
        checkpoint.err());
  }

  private static CommandRun evaluate(Object... more) {
    Object[] arguments =
        Stream.concat(Stream.of("eval", "knn", "--train", train, "--val", val), Stream.of(more))
            .toArray();
    return CommandRun.of(arguments);
  }
}
