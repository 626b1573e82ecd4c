package org.dinovmf.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.dinovmf.training.eval.linear.LinearHead;
import org.dinovmf.training.weights.LinearHeadFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Evaluations that learn from labeled images; whole colors are told apart by random weights. */
final class LabeledEvaluationTest {

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
      for (int i = 0; i < 8; i++) {
        String name = entry.getKey() + "-" + i + ".png";
        TestImages.write(train.resolve(entry.getKey()).resolve(name), entry.getValue(), 16, 20, i);
      }
      TestImages.write(val.resolve(entry.getKey()).resolve("v.png"), entry.getValue(), 20, 16, 99);
    }
  }

  @Test
  void fewShotGivesARowForEachAmount() {
    CommandRun found = evaluate("fewshot", "--images", "2,25%", "--splits", "2");
    assertEquals(0, found.exitCode(), found.err());
    assertEquals(
        """
        3 images classified, 3 classes, centered rows, lambda 0.0025
          images of a class  in all  splits   top-1  deviation
                          2       6       2  100.00       0.00
                        25%       6       2  100.00       0.00
        """,
        found.out().replace(System.lineSeparator(), "\n"));
  }

  /** Of 8 images of a class, one in a hundred is one. */
  @Test
  void fewShotTakesThePublishedAmounts() throws IOException {
    List<String> amounts = new ArrayList<>();
    for (JsonNode result : read(evaluate("fewshot", "--json")).get("results")) {
      amounts.add(result.get("images").textValue());
      assertEquals(3, result.get("splits").size());
    }
    assertEquals(List.of("1", "2", "5", "1%"), amounts);
  }

  @Test
  void fewShotTakesListsOfPathsAndOfNames() throws IOException {
    Path paths = shared.resolve("paths.txt");
    Files.writeString(paths, "\uFEFFrot/rot-1.png\nblau/blau-2.png\n\ngrün/grün-3.png\n");
    Path names = shared.resolve("names.txt");
    Files.writeString(names, "blau-0.png\ngrün-7.png\n");
    CommandRun found = evaluate("fewshot", "--subset", paths, "--subset", names, "--rows", "unit");
    assertEquals(0, found.exitCode(), found.err());
    assertTrue(
        found.out().contains("             listed       3       2   83.33      23.57"),
        found.out());
    CommandRun json = evaluate("fewshot", "--subset", names, "--json");
    JsonNode result = read(json).get("results").get(0);
    assertEquals("listed", result.get("images").textValue());
    assertEquals(200.0 / 3, result.get("top1").doubleValue(), 1e-9);
    assertEquals(2, result.get("splits").get(0).get("images").intValue());
  }

  /** So that one program reads the results of all of them. */
  @Test
  void protocolsThatLearnNameTheSameCounts() throws IOException {
    for (List<String> protocol :
        List.of(
            List.of("knn", "--k=1"),
            List.of("fewshot", "--images=1"),
            List.of("linear", "--epochs=1"))) {
      JsonNode json = read(evaluate(protocol.get(0), protocol.get(1), "--json"));
      String counts =
          Stream.of("train", "val", "classes", "dimension")
              .map(name -> name + " " + json.path(name))
              .collect(Collectors.joining(", "));
      assertEquals("train 24, val 3, classes 3, dimension 24", counts, protocol.get(0));
    }
  }

  @Test
  void fewShotNamesWhatIsWrongWithAList() throws IOException {
    Path list = shared.resolve("wrong.txt");
    Files.writeString(list, "rot/rot-99.png\n");
    CommandRun found = evaluate("fewshot", "--subset", list);
    assertEquals(3, found.exitCode());
    assertTrue(
        found
            .err()
            .contains(
                "'%s' must list images of --train that can be read, a line each, but 'rot/rot-99.png' names none; a path there looks like '"
                    .formatted(list)),
        found.err());
    Files.writeString(list, "rot-1.png\nrot/rot-1.png\n");
    assertTrue(
        evaluate("fewshot", "--subset", list).err().contains("none twice: 2 lines, 1 images"));
  }

  @Test
  void fewShotRejectsAmountsWithoutSense() {
    CommandRun found = evaluate("fewshot", "--images", "0");
    assertEquals(2, found.exitCode());
    assertTrue(
        found
            .err()
            .startsWith(
                "dino-vmf: --images must be numbers such as 5, or shares such as 1%, and --splits at least 1: --images 0, --splits 3"),
        found.err());
    assertEquals(2, evaluate("fewshot", "--images", "0.0%").exitCode());
    assertEquals(2, evaluate("fewshot", "--lambda", "0").exitCode());
  }

  @Test
  void linearKeepsItsBestHead() throws IOException {
    Path file = shared.resolve("head.safetensors");
    CommandRun found = evaluate("linear", "--epochs", "30", "--head", file, "--json");
    assertEquals(0, found.exitCode(), found.err());
    JsonNode json = read(found);
    assertEquals(45, json.get("results").size());
    assertEquals(100, json.get("best").get("top1").doubleValue());
    assertEquals(24, json.get("train").intValue());
    LinearHead head = LinearHeadFile.read(file).head();
    assertEquals(List.of("blau", "grün", "rot"), head.classes());
    assertEquals(TinyRun.DIMENSION, head.dim());
    assertEquals("cls", head.features());
  }

  /** Also with other threads: a crop depends on seed, epoch and path alone. */
  @Test
  void linearTrainsOnRandomCropsThatASeedGives() throws IOException {
    CommandRun found = evaluate("linear", "--epochs", "3", "--augment", "--threads", "1");
    assertEquals(0, found.exitCode(), found.err());
    assertEquals(
        "3 images classified after 3 epochs on 24 by random crops, 3 classes, cls, 24 values",
        found.out().lines().findFirst().orElseThrow());
    Path cache = shared.resolve("cache");
    CommandRun again =
        evaluate("linear", "--epochs", "3", "--augment", "--threads", "2", "--cache", cache);
    assertEquals(found.out(), again.out());
    try (Stream<Path> entries = Files.list(cache)) {
      assertEquals(1, entries.count(), "crops are not kept, the images of --val are");
    }
    CommandRun other = evaluate("linear", "--epochs", "3", "--augment", "--seed", "1");
    CommandRun plain = evaluate("linear", "--epochs", "3");
    assertNotEquals(losses(found), losses(other));
    assertNotEquals(losses(found), losses(plain));
  }

  private static List<String> losses(CommandRun run) {
    return run.out().lines().skip(2).toList();
  }

  @Test
  void linearPrintsTheBestRates() {
    CommandRun found = evaluate("linear", "--epochs", "10");
    assertEquals(0, found.exitCode(), found.err());
    List<String> lines = found.out().lines().toList();
    assertEquals(
        "3 images classified after 10 epochs on 24, 3 classes, cls, 24 values", lines.get(0));
    assertEquals("    rate     loss   top-1   top-5", lines.get(1));
    assertEquals(7, lines.size());
    assertTrue(lines.get(2).matches(" +[0-9.E-]+ +[0-9.]+  100\\.00  100\\.00"), lines.get(2));
    assertTrue(found.err().contains("10 of 10 epochs"), found.err());
  }

  @Test
  void keepsATenthApartWhereThereIsNoVal() {
    CommandRun found = CommandRun.of("eval", "knn", "--run", run, "--train", train, "--k", "1");
    assertEquals(0, found.exitCode(), found.err());
    assertTrue(
        found.out().startsWith("3 images classified by the votes of 21, 3 classes"), found.out());
  }

  @Test
  void saysThatAClassIsTooSmallToKeepATenthApart(@TempDir Path folder) throws IOException {
    TestImages.write(folder.resolve("rot/a.png"), Color.RED, 16, 16, 1);
    TestImages.write(folder.resolve("blau/a.png"), Color.BLUE, 16, 16, 1);
    TestImages.write(folder.resolve("blau/b.png"), Color.BLUE, 16, 16, 2);
    CommandRun found = CommandRun.of("eval", "knn", "--run", run, "--train", folder);
    assertEquals(3, found.exitCode());
    assertEquals(
        "dino-vmf: a class of --train has a single image, so that none can be kept apart to test on; give --val",
        found.err().strip());
  }

  @Test
  void rejectsLabelsOfImagesThatAreNotGiven() {
    CommandRun found =
        CommandRun.of("eval", "knn", "--run", run, "--train", train, "--val-labels", val);
    assertEquals(2, found.exitCode());
    assertTrue(
        found.err().startsWith("dino-vmf: --val-labels are of the images of --val"), found.err());
  }

  @Test
  void rejectsUnknownFeatures() {
    CommandRun found = evaluate("linear", "--features", "pixels");
    assertEquals(2, found.exitCode());
    assertTrue(found.err().contains("but are 'pixels'"), found.err());
  }

  private static JsonNode read(CommandRun run) throws IOException {
    return new ObjectMapper().readTree(run.out());
  }

  private static CommandRun evaluate(String protocol, Object... more) {
    Object[] arguments =
        Stream.concat(
                Stream.of("eval", protocol, "--run", run, "--train", train, "--val", val),
                Stream.of(more))
            .toArray();
    return CommandRun.of(arguments);
  }
}
