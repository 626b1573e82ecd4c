package org.dinovmf.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Evaluations that need more of an encoder than one embedding of a square. */
final class HeadAndSearchTest {

  @TempDir private static Path shared;

  private static Path run;
  private static Path images;
  private static Path model;

  @BeforeAll
  static void makeRunAndImages() throws IOException {
    ColoredRun made = ColoredRun.make(shared);
    run = made.run();
    images = made.images();
    model = shared.resolve("model");
    assertEquals(0, CommandRun.of("export", "savedmodel", "--run", run, "--out", model).exitCode());
  }

  @Test
  void clustersAreTheSameFromARunAndFromItsModel() throws IOException {
    CommandRun found = CommandRun.of("eval", "cluster", "--run", run, "--data", images, "--json");
    assertEquals(0, found.exitCode(), found.err());
    JsonNode json = read(found);
    assertEquals(9, json.get("images").intValue());
    assertEquals(3, json.get("classes").intValue());
    assertTrue(json.get("clusters").intValue() >= 1 && json.get("clusters").intValue() <= 8);
    assertTrue(json.get("purity").doubleValue() >= 1.0 / 3, json.toString());
    CommandRun same =
        CommandRun.of("eval", "cluster", "--model", model, "--data", images, "--json");
    assertEquals(found.out(), same.out(), same.err());
  }

  @Test
  void clusterPrintsATable() {
    CommandRun found = CommandRun.of("eval", "cluster", "--run", run, "--data", images);
    List<String> lines = found.out().lines().toList();
    assertTrue(lines.get(0).matches("9 images, 3 classes, [1-8] prototypes used"), lines.get(0));
    assertTrue(lines.get(5).matches("accuracy, matched   [01]\\.\\d{4}"), lines.get(5));
  }

  @Test
  void retrievesImagesOfTheSameClass() throws IOException {
    CommandRun found = CommandRun.of("eval", "retrieval", "--run", run, "--database", images);
    assertEquals(0, found.exitCode(), found.err());
    assertTrue(found.out().contains("classes        9  100.00  100.00"), found.out());
    CommandRun json =
        CommandRun.of(
            "eval",
            "retrieval",
            "--run",
            run,
            "--database",
            images,
            "--queries",
            images,
            "--image-size",
            "24",
            "--multi-scale",
            "--json");
    assertEquals(0, json.exitCode(), json.err());
    JsonNode scores = read(json).get("results").get("classes");
    assertEquals(9, scores.get("queries").intValue());
    assertEquals(100, scores.get("precision_at1").doubleValue(), "an image finds itself first");
  }

  /** Images of one color are far apart from the others, so that ranks are known by color. */
  @Test
  void scoresLandmarksByTheirGroundTruth() throws IOException {
    Path gnd = shared.resolve("gnd.json");
    Files.writeString(
        gnd,
        """
        {"imlist": ["rot/rot0", "rot/rot1", "blau/blau0", "grün/grün0"],
         "qimlist": ["rot/rot2", "blau/blau1"],
         "gnd": [{"bbx": [0, 0, 5, 5], "easy": [0, 1], "hard": [], "junk": [3]},
                 {"bbx": [0, 0, 5, 5], "easy": [], "hard": [2], "junk": []}]}
        """);
    CommandRun found =
        CommandRun.of(
            "eval", "retrieval", "--run", run, "--database", images, "--gnd", gnd, "--json");
    assertEquals(0, found.exitCode(), found.err());
    JsonNode results = read(found).get("results");
    assertEquals(1, results.get("easy").get("queries").intValue());
    assertEquals(100, results.get("easy").get("map").doubleValue());
    assertEquals(2, results.get("medium").get("queries").intValue());
    assertEquals(100, results.get("medium").get("map").doubleValue());
    assertEquals(1, results.get("hard").get("queries").intValue());
  }

  @Test
  void namesWhatIsWrongWithAGroundTruth() throws IOException {
    assertEquals(
        "dino-vmf: '%s' must be JSON; eval retrieval --help says how a pickle becomes it",
        gndFault("\u0080\u0003}q"));
    assertEquals(
        "dino-vmf: '%s' must have positions in [0, 1) in 'easy', but one is 1",
        gndFault(
            "{\"imlist\": [\"a\"], \"qimlist\": [\"a\"], \"gnd\": [{\"easy\": [1], \"hard\": [], \"junk\": []}]}"));
    assertEquals(
        "dino-vmf: '%s' must have an answer in 'gnd' for each name in 'qimlist': 1 names, 0 answers",
        gndFault("{\"imlist\": [\"a\"], \"qimlist\": [\"a\"]}"));
    assertEquals(
        "dino-vmf: '"
            + images
            + "' must hold the image 'a.jpg' that the ground truth names, but does not, or it is damaged",
        gndFault(
            "{\"imlist\": [\"a\"], \"qimlist\": [\"a\"], \"gnd\": [{\"easy\": [0], \"hard\": [], \"junk\": []}]}"));
  }

  /** The message, with the name of the file taken out. */
  private static String gndFault(String text) throws IOException {
    Path gnd = shared.resolve("wrong.json");
    Files.writeString(gnd, text);
    CommandRun found =
        CommandRun.of("eval", "retrieval", "--run", run, "--database", images, "--gnd", gnd);
    assertEquals(3, found.exitCode(), found.err());
    return found.err().strip().replace(gnd.toString(), "%s");
  }

  @Test
  void rejectsOptionsThatDoNotGoTogether() {
    CommandRun scales =
        CommandRun.of("eval", "retrieval", "--run", run, "--database", images, "--multi-scale");
    assertEquals(2, scales.exitCode());
    assertTrue(scales.err().startsWith("dino-vmf: --multi-scale needs --image-size"), scales.err());
    CommandRun small =
        CommandRun.of("eval", "retrieval", "--run", run, "--database", images, "--image-size", "3");
    assertEquals(2, small.exitCode());
    assertTrue(
        small.err().contains("--image-size: the longer side must be at least a patch of 4 pixels"),
        small.err());
    CommandRun labels =
        CommandRun.of(
            "eval", "retrieval", "--run", run, "--database", images, "--query-labels", run);
    assertEquals(2, labels.exitCode());
    assertTrue(
        labels.err().startsWith("dino-vmf: --query-labels are of the images of --queries"),
        labels.err());
    CommandRun both =
        CommandRun.of(
            "eval",
            "retrieval",
            "--run",
            run,
            "--database",
            images,
            "--gnd",
            run,
            "--queries",
            run);
    assertEquals(2, both.exitCode());
  }

  @Test
  void saysThatAModelLacksTheTokensOfItsBlocks() {
    CommandRun found =
        CommandRun.of(
            "eval",
            "linear",
            "--model",
            model,
            "--train",
            images,
            "--val",
            images,
            "--features",
            "cls-2");
    assertEquals(2, found.exitCode());
    assertEquals(
        "dino-vmf: this encoder has no 'class_tokens': only the checkpoint of a run has it",
        found.err().strip());
  }

  @Test
  void saysThatAModelTakesItsSquareAlone() {
    CommandRun found =
        CommandRun.of(
            "eval", "retrieval", "--model", model, "--database", images, "--image-size", "24");
    assertEquals(2, found.exitCode());
    assertEquals(
        "dino-vmf: this model takes squares of 16 pixels alone: export it with --sizes any, or use the run",
        found.err().strip());
  }

  @Tag("slow")
  @Test
  void modelOfAnySizeGivesTheSameAsItsRun() {
    Path any = shared.resolve("any");
    CommandRun export =
        CommandRun.of("export", "savedmodel", "--run", run, "--out", any, "--sizes", "any");
    assertEquals(0, export.exitCode(), export.err());
    String[] outputs = new String[2];
    for (int i = 0; i < 2; i++) {
      CommandRun found =
          CommandRun.of(
              "eval",
              "retrieval",
              i == 0 ? "--run" : "--model",
              i == 0 ? run : any,
              "--database",
              images,
              "--image-size",
              "24");
      assertEquals(0, found.exitCode(), found.err());
      outputs[i] = found.out();
    }
    assertEquals(outputs[0], outputs[1]);
  }

  @Test
  void saysThatAnEncoderHasTooFewBlocks() {
    CommandRun found =
        CommandRun.of(
            "eval",
            "linear",
            "--run",
            run,
            "--train",
            images,
            "--val",
            images,
            "--features",
            "cls-4");
    assertEquals(2, found.exitCode());
    assertEquals(
        "dino-vmf: cls-4 needs an encoder of at least 4 blocks, but this has 2",
        found.err().strip());
  }

  /** Two blocks have twice the width, and so have class token and mean of the patches. */
  @Tag("slow")
  @Test
  void linearTakesTheFeaturesOfBothPapers() throws IOException {
    for (String features : List.of("cls-2", "cls-mean", "cls-gem")) {
      CommandRun found =
          CommandRun.of(
              "eval",
              "linear",
              "--run",
              run,
              "--train",
              images,
              "--val",
              images,
              "--epochs",
              "2",
              "--features",
              features,
              "--json");
      assertEquals(0, found.exitCode(), found.err());
      assertEquals(2 * TinyRun.DIMENSION, read(found).get("dimension").intValue());
      assertEquals(features, read(found).get("features").textValue());
    }
  }

  private static JsonNode read(CommandRun run) throws IOException {
    return new ObjectMapper().readTree(run.out());
  }
}
