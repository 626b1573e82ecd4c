package org.dinovmf.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Of one small run; the runs that are made to fail stand in {@link AnalyzeHealthTest}, and pictures
 * of attention in {@link AnalyzeAttentionTest}.
 */
final class AnalyzeCommandTest {

  @TempDir private static Path shared;

  private static Path images;
  private static Path run;

  @BeforeAll
  static void train() throws IOException {
    images = shared.resolve("images");
    SmallTraining.writeImages(images);
    // Names that a page must not take for its own text.
    Path odd = Files.move(images.resolve("rød"), images.resolve("r<i>&\"ød'"));
    Files.move(odd.resolve("0.jpg"), odd.resolve("<script>0&amp;\"'.jpg"));
    run = shared.resolve("run <b>");
    assertEquals(0, SmallTraining.train(images, run).exitCode());
  }

  @Test
  void countsPrototypes() throws IOException {
    CommandRun found = CommandRun.of("analyze", "prototypes", run, "--json");
    assertEquals(0, found.exitCode(), found.err());
    JsonNode json = new ObjectMapper().readTree(found.out());
    JsonNode summary = json.get("summary");
    assertEquals(SmallTraining.IMAGES, summary.get("images").intValue());
    assertEquals(16, summary.get("prototypes").intValue());
    assertEquals(16, summary.get("used").intValue() + summary.get("unused").intValue());
    assertEquals(16, json.get("prototypes").size());
    int attracted = 0;
    for (JsonNode prototype : json.get("prototypes")) {
      attracted += prototype.get("images").intValue();
    }
    assertEquals(SmallTraining.IMAGES, attracted);
    assertEquals(SmallTraining.IMAGES, json.get("images").size());
    assertTrue(json.get("images").get(0).get("log_density").isNumber());
    assertEquals(0.025, summary.get("threshold").doubleValue());
    assertTrue(summary.get("marginal_entropy").isNumber(), summary.toString());
    assertTrue(json.get("prototypes").get(0).get("kappa").isNumber());
    assertTrue(json.get("prototypes").get(0).has("attracted_kappa"));
    int judged = 0;
    for (JsonNode bin : json.get("difficulty")) {
      judged += bin.get("images").intValue();
    }
    assertEquals(SmallTraining.IMAGES, judged);
    assertTrue(summary.get("knn").doubleValue() > 0.9, "red is told from blue");
  }

  @Test
  void printsATable() {
    CommandRun found = CommandRun.of("analyze", "prototypes", run);
    assertEquals(0, found.exitCode(), found.err());
    assertTrue(found.out().startsWith("teacher of step 6 of '"), found.out());
    assertTrue(found.out().contains("prototypes             16  at temperature 0.04"), found.out());
    assertTrue(found.out().contains("greedy, 1 - cosine below 0.025"), found.out());
    assertTrue(found.out().contains("of the images, nats"), found.out());
    for (String name :
        List.of("used", "unique", "void", "entropy", "kappa", "images of one", "accuracy")) {
      assertTrue(found.out().lines().anyMatch(line -> line.startsWith(name + " ")), name);
    }
    List<Double> strange =
        Pattern.compile("(?m)^strange +(\\S+)")
            .matcher(found.out())
            .results()
            .map(match -> Double.valueOf(match.group(1)))
            .toList();
    assertTrue(strange.size() > 1, found.out());
    assertEquals(strange.stream().sorted().toList(), strange);
  }

  @Test
  void scoresAnotherFolder() throws IOException {
    Path others = shared.resolve("others");
    for (int i = 0; i < 6; i++) {
      TestImages.write(others.resolve(i + ".png"), Color.GREEN, 20, 20, i);
    }
    CommandRun found = CommandRun.of("analyze", "prototypes", run, "--against", others, "--json");
    assertEquals(0, found.exitCode(), found.err());
    JsonNode against = new ObjectMapper().readTree(found.out()).get("against");
    assertEquals(6, against.get("others").intValue());
    double auroc = against.get("auroc").doubleValue();
    assertTrue(auroc >= 0 && auroc <= 1, "" + auroc);
    CommandRun same = CommandRun.of("analyze", "prototypes", run, "--against", images, "--json");
    assertEquals(
        0.5,
        new ObjectMapper().readTree(same.out()).get("against").get("auroc").doubleValue(),
        "the same images cannot be told apart");
  }

  @Test
  void refusesWhatCannotBe() {
    CommandRun threshold = CommandRun.of("analyze", "prototypes", run, "--threshold", "0");
    assertEquals(2, threshold.exitCode());
    assertTrue(
        threshold.err().startsWith("dino-vmf: --threshold must be above 0 and at most 2"),
        threshold.err());
    CommandRun none = CommandRun.of("analyze", "prototypes", shared.resolve("none"));
    assertEquals(5, none.exitCode(), none.err());
    CommandRun subject = CommandRun.of("analyze");
    assertEquals(2, subject.exitCode());
  }

  /** Only the metrics speak where the images are gone. */
  @Tag("slow")
  @Test
  void saysThatTheImagesAreGone(@TempDir Path folder) throws IOException {
    Path gone = folder.resolve("gone");
    SmallTraining.writeImages(gone);
    Path other = folder.resolve("run");
    assertEquals(0, SmallTraining.train(gone, other).exitCode());
    Files.move(gone, folder.resolve("moved"));
    CommandRun health = CommandRun.of("analyze", "health", other);
    assertEquals(0, health.exitCode(), health.err());
    String moved =
        "the images of the run '%s' are not where they were, [%s]; give --data DIR"
            .formatted(other, gone);
    assertEquals(
        "only the metrics of the run are judged: " + moved, health.err().strip(), health.err());
    assertFalse(health.out().contains("effective_rank"), health.out());
    CommandRun prototypes = CommandRun.of("analyze", "prototypes", other);
    assertEquals(3, prototypes.exitCode());
    assertEquals("dino-vmf: " + moved, prototypes.err().strip());
    CommandRun report = CommandRun.of("report", other);
    assertEquals(0, report.exitCode(), report.err());
    assertEquals("left out: what takes images: " + moved, report.err().strip());
    assertTrue(
        Files.readString(other.resolve("report.html"))
            .contains("Left out: %s.".formatted(moved.replace("'", "&#39;"))));
  }

  @Test
  void reportsOnOnePageThatNeedsNoOther(@TempDir Path scratch)
      throws IOException, InterruptedException {
    Path page = scratch.resolve("page.html");
    CommandRun found = CommandRun.of("report", run, "--out", page);
    assertEquals(0, found.exitCode(), found.err());
    assertTrue(found.out().startsWith(page + ": "), found.out());
    String html = Files.readString(page);
    assertFalse(html.matches("(?s).*(src|href)=\"(?!data:|#).*"), "everything is inside");
    assertTrue(html.contains("<title>") && html.contains("run &lt;b&gt;"), "text is escaped");
    assertFalse(html.contains("run <b>"), "text is escaped");
    for (String id :
        new String[] {
          "health",
          "curves",
          "atlas",
          "strangest",
          "attention",
          "map",
          "prototypes",
          "crops",
          "schedules",
          "configuration"
        }) {
      assertTrue(html.contains("<section id=\"" + id + "\">"), id);
    }
    assertTrue(html.contains("num-prototypes: 16"), "the configuration");
    assertTrue(html.contains("Nearest-neighbor accuracy"), "over time");
    assertTrue(html.contains("data:image/svg+xml"), "plots are vectors");
    assertTrue(html.contains("@media print") && html.contains("prefers-color-scheme: dark"));
    assertTrue(html.contains("24 images, teacher of step 6. "), "what was looked at");
    assertFalse(html.contains("<i>"), "of a class");
    assertFalse(html.contains("<script>0"), "of an image");
    assertTrue(html.contains("&lt;script&gt;0&amp;amp;"), "but the name is there");

    JsonNode seen = Browser.check(page, scratch);
    assertTrue(seen.get("images").intValue() > 40, seen.toString());
    assertFalse(seen.get("wide").booleanValue(), "no sideways scrolling on a phone");
    for (String key : new String[] {"images", "kappa", "attracted", "accuracy"}) {
      double[] rising = numbers(seen.get("sorted").get(key).get("rising"));
      double[] falling = numbers(seen.get("sorted").get(key).get("falling"));
      assertTrue(rising.length > 1, key);
      for (int i = 1; i < rising.length; i++) {
        assertTrue(rising[i] >= rising[i - 1], key + " rising");
        assertTrue(falling[i] <= falling[i - 1], key + " falling");
      }
    }
  }

  /** A run that has just begun to train. */
  @Test
  void judgesTheMetricsOfARunWithoutACheckpoint(@TempDir Path scratch) throws IOException {
    Path young = Files.createDirectory(scratch.resolve("young"));
    for (String file : new String[] {"run.json", "config.yaml", "metrics.jsonl"}) {
      Files.copy(run.resolve(file), young.resolve(file));
    }
    CommandRun health = CommandRun.of("analyze", "health", young);
    assertEquals(0, health.exitCode(), health.err());
    assertTrue(health.err().contains("no whole checkpoint yet"), health.err());
    assertTrue(health.out().contains("teacher_entropy"), health.out());
    assertFalse(health.out().contains("used_share"), "what takes a teacher");
    CommandRun report = CommandRun.of("report", young);
    assertEquals(0, report.exitCode(), report.err());
    String html = Files.readString(young.resolve("report.html"));
    assertTrue(html.contains("<section id=\"curves\">"), html);
    assertTrue(html.contains("no whole checkpoint yet"), html);
    assertTrue(html.contains("24 images, last report of step 6. "), html);
    CommandRun both =
        CommandRun.of("report", "--compare", run, young, "--out", scratch.resolve("both.html"));
    assertEquals(0, both.exitCode(), both.err());
  }

  @Test
  void saysThatEveryImageIsBad(@TempDir Path scratch) throws IOException {
    Path folder = Files.createDirectory(scratch.resolve("bad"));
    byte[] whole =
        Files.readAllBytes(TestImages.write(folder.resolve("a.png"), Color.RED, 20, 20, 1));
    Files.write(folder.resolve("a.png"), Arrays.copyOf(whole, whole.length / 2));
    CommandRun found = CommandRun.of("analyze", "prototypes", run, "--data", folder);
    assertEquals(3, found.exitCode(), found.err());
    assertTrue(found.err().contains("all 1 that were looked at are bad, such as '"), found.err());
  }

  @Test
  void cropsOfOtherImagesAreNotThoseOfTheRun(@TempDir Path scratch) throws IOException {
    Path other = scratch.resolve("other");
    for (int i = 0; i < 10; i++) {
      TestImages.write(other.resolve(i + ".png"), Color.GREEN, 20, 20, i);
    }
    Path page = scratch.resolve("page.html");
    CommandRun found = CommandRun.of("report", run, "--data", other, "--out", page);
    assertEquals(0, found.exitCode(), found.err());
    assertFalse(Files.readString(page).contains("The first batch"));
  }

  @Tag("slow")
  @Test
  void comparesRunsOnOnePage(@TempDir Path scratch) throws IOException, InterruptedException {
    Path other = scratch.resolve("dino");
    assertEquals(0, SmallTraining.train(images, other, "--method=dino").exitCode());
    Path page = scratch.resolve("compare.html");
    CommandRun found = CommandRun.of("report", "--compare", run, other, "--out", page);
    assertEquals(0, found.exitCode(), found.err());
    String html = Files.readString(page);
    assertTrue(html.contains("<td>model.method.prototypes</td><td>VMF</td><td>UNIT</td>"), html);
    assertFalse(html.contains("<td>batch.batchSize</td>"), "equal in both");
    assertTrue(html.contains("<td>prototypes</td><td>vmf</td><td>unit</td>"), "results");
    assertTrue(Browser.check(page, scratch).get("images").intValue() >= 6);
    CommandRun alone = CommandRun.of("report", "--compare", run);
    assertEquals(2, alone.exitCode());
    assertTrue(
        alone
            .err()
            .startsWith(
                "dino-vmf: a report is about one run, and with --compare about two or more, but 1 are given"),
        alone.err());
  }

  private static double[] numbers(JsonNode array) {
    double[] numbers = new double[array.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = array.get(i).doubleValue();
    }
    return numbers;
  }
}
