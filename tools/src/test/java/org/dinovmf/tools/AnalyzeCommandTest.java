package org.dinovmf.tools;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.dinovmf.tools.page.Attention;
import org.dinovmf.tools.page.ColorScale;
import org.dinovmf.training.data.DecodedImage;
import org.dinovmf.training.data.ImageDecoder;
import org.dinovmf.training.data.ImageResize;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Of one small run; the runs that are made to fail stand in {@link AnalyzeHealthTest}. */
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
        new String[] {"health", "curves", "atlas", "strangest", "attention", "map", "crops"}) {
      assertTrue(html.contains("<section id=\"" + id + "\">"), id);
    }
    assertTrue(html.contains("num-prototypes: 16"), "the configuration");
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

  @Tag("slow")
  @Test
  void drawsAttention(@TempDir Path scratch) throws IOException, InterruptedException {
    CommandRun found =
        CommandRun.of(
            "analyze", "attention", run, "--data", images, "--out", scratch, "--max-images", 2);
    assertEquals(0, found.exitCode(), found.err());
    assertTrue(Files.exists(scratch.resolve("blue/1.png/head-1.png")), "a map for each head");
    assertTrue(Files.exists(scratch.resolve("blue/1.png/mean.png")));
    JsonNode seen = Browser.check(scratch.resolve("attention.html"), scratch);
    assertTrue(seen.get("images").intValue() >= 2 * 3, seen.toString());
    CommandRun size =
        CommandRun.of(
            "analyze", "attention", run, "--data", images, "--out", scratch, "--size", 30);
    assertEquals(2, size.exitCode());
    assertTrue(
        size.err()
            .startsWith(
                "dino-vmf: --size must be a multiple of the patch size 8, but is 30; use 24 or 32"),
        size.err());
  }

  /** The encoder sees the frames of 20 x 30 pixels as 32 x 48, in patches of 8. */
  @Test
  void laysAttentionOverAVideo(@TempDir Path scratch) throws IOException {
    Path frames = scratch.resolve("frames");
    for (int i = 0; i < 3; i++) {
      TestImages.write(frames.resolve(i + ".png"), i == 1 ? Color.RED : Color.BLUE, 20, 30, i);
    }
    Files.createFile(frames.resolve("4.png"));
    Path damaged = frames.resolve("3.png");
    byte[] whole = Files.readAllBytes(frames.resolve("0.png"));
    Files.write(damaged, Arrays.copyOf(whole, whole.length / 2));
    Path out = scratch.resolve("out");
    CommandRun found =
        CommandRun.of("analyze", "attention", run, "--video", frames, "--out", out, "--fps", 10);
    assertEquals(0, found.exitCode(), found.err());
    assertTrue(found.out().startsWith("attention of 3 frames in "), found.out());
    assertTrue(found.err().contains("left out: 3.png: "), found.err());
    assertTrue(found.err().contains("left out: 4.png: "), found.err());
    assertOneScale(frames, out);
    BufferedImage frame = ImageIO.read(out.resolve("frame-00003.png").toFile());
    assertEquals("20 x 30", frame.getWidth() + " x " + frame.getHeight());
    assertTrue(Files.notExists(out.resolve("frame-00004.png")));
    ImageReader gif = ImageIO.getImageReadersByFormatName("gif").next();
    try (ImageInputStream stream =
        ImageIO.createImageInputStream(out.resolve("attention.gif").toFile())) {
      gif.setInput(stream);
      assertEquals(3, gif.getNumImages(true));
      assertEquals("20 x 30", gif.getWidth(2) + " x " + gif.getHeight(2));
    } finally {
      gif.dispose();
    }
    CommandRun rate =
        CommandRun.of("analyze", "attention", run, "--data", images, "--out", out, "--fps", 10);
    assertEquals(2, rate.exitCode());
    assertTrue(rate.err().startsWith("dino-vmf: --fps belongs to --video"), rate.err());
    CommandRun again =
        CommandRun.of(
            "analyze", "attention", run, "--video", frames, "--out", out, "--max-images", 1);
    assertEquals(2, again.exitCode(), again.err());
    assertTrue(
        again.err().startsWith("dino-vmf: --out must hold no frames yet, but there is '" + out),
        again.err());
  }

  /** Of the first three frames, each with its own map. */
  private static void assertOneScale(Path frames, Path out) throws IOException {
    List<DecodedImage> whole = new ArrayList<>();
    List<float[][]> maps = new ArrayList<>();
    try (StudiedRun studied = StudiedRun.open(run, 1, warning -> {});
        ImageDecoder decoder = ImageDecoder.standard(1)) {
      for (int i = 0; i < 3; i++) {
        DecodedImage frame = decoder.decode(Files.readAllBytes(frames.resolve(i + ".png")));
        whole.add(frame);
        DecodedImage seen = ImageResize.resize(frame, 32, 48);
        maps.add(Attention.of(studied.encoder(), "", seen, frame).mean());
      }
    }
    ColorScale scale = ColorScale.of(maps);
    for (int i = 0; i < 3; i++) {
      BufferedImage expected = scale.drawOver(whole.get(i), maps.get(i));
      BufferedImage drawn = ImageIO.read(out.resolve(OutputFolder.frame(i + 1)).toFile());
      for (int y = 0; y < 30; y++) {
        for (int x = 0; x < 20; x++) {
          for (int shift = 0; shift < 24; shift += 8) {
            // Other threads may round a weight otherwise.
            assertEquals(
                (expected.getRGB(x, y) >> shift) & 0xFF, (drawn.getRGB(x, y) >> shift) & 0xFF, 1.0);
          }
        }
      }
    }
  }

  /** All frames get the size of the first; of images the square that the encoder saw is drawn. */
  @Test
  void drawsAttentionInTheSizeOfThePictures(@TempDir Path scratch) throws IOException {
    Path frames = scratch.resolve("frames");
    TestImages.write(frames.resolve("a.png"), Color.RED, 1920, 960, 1);
    TestImages.write(frames.resolve("b.png"), Color.BLUE, 60, 40, 2);
    Path out = scratch.resolve("out");
    CommandRun video = CommandRun.of("analyze", "attention", run, "--video", frames, "--out", out);
    assertEquals(0, video.exitCode(), video.err());
    assertEquals("1280 x 640", size(out.resolve("frame-00001.png")));
    assertEquals("1280 x 640", size(out.resolve("frame-00002.png")));
    assertEquals("1280 x 640", size(out.resolve("attention.gif")));
    CommandRun sheet = CommandRun.of("analyze", "attention", run, "--data", frames, "--out", out);
    assertEquals(0, sheet.exitCode(), sheet.err());
    for (String picture : new String[] {"image.png", "mean.png", "head-1.png"}) {
      assertEquals("960 x 960", size(out.resolve("a.png").resolve(picture)));
      assertEquals("40 x 40", size(out.resolve("b.png").resolve(picture)));
    }
  }

  private static String size(Path picture) throws IOException {
    BufferedImage read = ImageIO.read(picture.toFile());
    return read.getWidth() + " x " + read.getHeight();
  }

  /** Frames as ffmpeg names them, and images, stay as they are. */
  @Test
  void attentionIsNotWrittenAmongItsImages(@TempDir Path scratch) throws IOException {
    Path frames = scratch.resolve("frames");
    Path frame = TestImages.write(frames.resolve("frame-00001.png"), Color.RED, 20, 20, 1);
    byte[] whole = Files.readAllBytes(frame);
    Path link = Files.createSymbolicLink(scratch.resolve("link"), frames);
    for (String option : new String[] {"--video", "--data"}) {
      for (Path out : new Path[] {frames, frames.resolve("attention/a"), link}) {
        CommandRun found = CommandRun.of("analyze", "attention", run, option, frames, "--out", out);
        assertEquals(2, found.exitCode(), found.err());
        assertTrue(
            found
                .err()
                .startsWith(
                    "dino-vmf: --out must lie outside the images of %s, but '%s' is in '%s'"
                        .formatted(option, out, frames)),
            found.err());
      }
    }
    assertArrayEquals(whole, Files.readAllBytes(frame));
    try (Stream<Path> inside = Files.list(frames)) {
      assertEquals(1, inside.count());
    }
  }

  @Test
  void refusesAFrameOfNoWidth(@TempDir Path scratch) throws IOException {
    Path frames = scratch.resolve("frames");
    TestImages.write(frames.resolve("0.png"), Color.RED, 1000, 10, 1);
    CommandRun found =
        CommandRun.of(
            "analyze", "attention", run, "--video", frames, "--out", scratch.resolve("out"));
    assertEquals(3, found.exitCode(), found.err());
    assertTrue(
        found.err().contains("must be at most 16 times as long as its shorter side"), found.err());
  }

  @Test
  void attentionLeavesOutADamagedImage(@TempDir Path scratch) throws IOException {
    Path folder = scratch.resolve("images");
    byte[] whole =
        Files.readAllBytes(TestImages.write(folder.resolve("a.png"), Color.RED, 20, 20, 1));
    TestImages.write(folder.resolve("a.jpg"), Color.BLUE, 20, 20, 1);
    Files.write(folder.resolve("b.png"), Arrays.copyOf(whole, whole.length / 2));
    Path out = scratch.resolve("out");
    CommandRun found = CommandRun.of("analyze", "attention", run, "--data", folder, "--out", out);
    assertEquals(0, found.exitCode(), found.err());
    assertTrue(found.out().startsWith("attention of 2 images in "), found.out());
    assertTrue(found.err().contains("left out: b.png: "), found.err());
    assertTrue(Files.exists(out.resolve("a.png/mean.png")));
    assertTrue(
        Files.exists(out.resolve("a.jpg/mean.png")), "names that differ in the ending alone");
    Files.delete(folder.resolve("a.png"));
    Files.delete(folder.resolve("a.jpg"));
    CommandRun none = CommandRun.of("analyze", "attention", run, "--data", folder, "--out", out);
    assertEquals(3, none.exitCode(), none.err());
  }

  private static double[] numbers(JsonNode array) {
    double[] numbers = new double[array.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = array.get(i).doubleValue();
    }
    return numbers;
  }
}
