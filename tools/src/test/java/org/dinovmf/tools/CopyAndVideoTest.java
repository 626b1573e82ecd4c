package org.dinovmf.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.dinovmf.training.data.DataException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
final class CopyAndVideoTest {

  private static final int SIDE = 64;
  private static final int FRAMES = 6;

  @TempDir private static Path shared;

  private static Path run;
  private static Path davis;
  private static Path originals;
  private static Path copies;

  @BeforeAll
  static void makeRunAndData() throws IOException {
    run = Files.createDirectory(shared.resolve("run"));
    TinyRun.begin(run);
    TinyRun.save(run, 1);
    davis = shared.resolve("davis");
    video("box", 1, true);
    video("old", 255, false);
    originals = shared.resolve("originals");
    copies = shared.resolve("copies");
    List<Color> colors = List.of(Color.RED, Color.GREEN, Color.BLUE);
    for (int i = 0; i < colors.size(); i++) {
      TestImages.write(originals.resolve("200" + i + "00.png"), colors.get(i), 32, 24, i);
      TestImages.write(copies.resolve("200" + i + "17.png"), colors.get(i), 24, 28, 50 + i);
    }
  }

  /** A red square that moves over green, 8 pixels a frame. */
  private static void video(String name, int label, boolean hasPalette) throws IOException {
    Path frames = Files.createDirectories(davis.resolve("JPEGImages/480p").resolve(name));
    Path masks = Files.createDirectories(davis.resolve("Annotations/480p").resolve(name));
    for (int i = 0; i < FRAMES; i++) {
      BufferedImage frame = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
      Graphics2D graphics = frame.createGraphics();
      graphics.setColor(new Color(20, 160, 40));
      graphics.fillRect(0, 0, SIDE, SIDE);
      graphics.setColor(new Color(220, 30, 60));
      graphics.fillRect(8 * i, 20, 20, 20);
      graphics.dispose();
      ImageIO.write(frame, "png", frames.resolve("%05d.png".formatted(i)).toFile());
      BufferedImage mask = hasPalette ? palette() : gray();
      for (int y = 20; y < 40; y++) {
        for (int x = 8 * i; x < 8 * i + 20; x++) {
          mask.getRaster().setSample(x, y, 0, label);
        }
      }
      ImageIO.write(mask, "png", masks.resolve("%05d.png".formatted(i)).toFile());
    }
  }

  private static BufferedImage gray() {
    return new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_GRAY);
  }

  private static BufferedImage palette() {
    byte[] levels = {0, (byte) 128, 0};
    IndexColorModel colors = new IndexColorModel(8, 3, levels, levels, levels);
    return new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_INDEXED, colors);
  }

  @Test
  void followsASquareBetterThanACopyOfTheFirstMask() throws IOException {
    CommandRun found =
        CommandRun.of(
            "eval", "video", "--run", run, "--data", davis, "--image-size", "64", "--json");
    assertEquals(0, found.exitCode(), found.err());
    JsonNode results = new ObjectMapper().readTree(found.out()).get("results");
    for (String name : List.of("box", "old", "all")) {
      JsonNode tracked = results.get(name).get("tracked");
      JsonNode copied = results.get(name).get("copied");
      assertEquals(name.equals("all") ? 2 : 1, tracked.get("objects").intValue());
      assertTrue(tracked.get("mean").doubleValue() > 0.7, name + tracked);
      assertTrue(copied.get("mean").doubleValue() < 0.4, name + copied);
    }
    // Moved by 8, 16, 24 and 32 pixels of 20: 12/28, 4/36, 0 and 0 of the area are common.
    assertEquals(
        (12.0 / 28 + 4.0 / 36) / 4,
        results.get("box").get("copied").get("region").get("mean").doubleValue(),
        1e-12);
    assertEquals(results.get("box"), results.get("old"));
  }

  @Test
  void followsTheVideosOfAListAndPrintsATable() throws IOException {
    Path list = shared.resolve("val.txt");
    Files.writeString(list, "old\n\n");
    CommandRun found =
        CommandRun.of(
            "eval", "video", "--run", run, "--data", davis, "--image-size", "64", "--list", list);
    assertEquals(0, found.exitCode(), found.err());
    List<String> lines = found.out().lines().toList();
    assertEquals(3, lines.size());
    assertTrue(lines.get(1).startsWith("old "), found.out());
    assertTrue(lines.get(2).startsWith("all "), found.out());
    assertTrue(found.err().contains("1 of 1 videos"), found.err());
  }

  /** Files of other kinds are passed over, and frames and masks belong together by name. */
  @Test
  void pairsFramesAndMasksByName(@TempDir Path folder) throws IOException {
    Path frames = folder.resolve("JPEGImages/480p/a");
    Path masks = folder.resolve("Annotations/480p/a");
    for (int i = 0; i < 3; i++) {
      TestImages.write(frames.resolve(i + ".jpg"), Color.RED, 8, 8, i);
      TestImages.write(masks.resolve(i + ".png"), Color.RED, 8, 8, i);
    }
    Files.writeString(frames.resolve(".DS_Store"), "");
    Files.writeString(frames.resolve("._0.jpg"), "of macOS");
    Files.writeString(masks.resolve("._0.png"), "of macOS");
    Files.writeString(masks.resolve("Thumbs.db"), "");
    VideoFolder.Video video = new VideoFolder(folder).video("a");
    assertEquals(3, video.frames().size());
    assertEquals(masks.resolve("2.png"), video.masks().get(2));
    Files.move(masks.resolve("1.png"), masks.resolve("4.png"));
    assertEquals(
        "video 'a' must have at least 3 frames and a mask of the same name for each: 3 frames, 3 masks, but '1' is only one of the two",
        assertThrows(DataException.class, () -> new VideoFolder(folder).video("a")).getMessage());
    Files.write(
        masks.resolve("0.png"), Arrays.copyOf(Files.readAllBytes(masks.resolve("0.png")), 70));
    assertTrue(
        assertThrows(DataException.class, () -> VideoFolder.masks(video))
            .getMessage()
            .startsWith("mask '%s' is damaged: ".formatted(masks.resolve("0.png"))));
  }

  @Test
  void saysThatACacheKeepsNothing() {
    CommandRun found =
        CommandRun.of("eval", "video", "--run", run, "--data", davis, "--cache", shared);
    assertEquals(2, found.exitCode());
    assertTrue(found.err().startsWith("dino-vmf: --cache keeps nothing here: "), found.err());
  }

  @Test
  void listOfVideosMustBeText() throws IOException {
    Path list = shared.resolve("latin.txt");
    Files.write(list, new byte[] {'b', (byte) 0xe9});
    CommandRun found =
        CommandRun.of("eval", "video", "--run", run, "--data", davis, "--list", list);
    assertEquals(3, found.exitCode());
    assertEquals("dino-vmf: " + list + " is not text in UTF-8", found.err().strip());
  }

  @Test
  void namesWhatAVideoLacks() throws IOException {
    Path list = shared.resolve("none.txt");
    Files.writeString(list, "none\n");
    CommandRun missing =
        CommandRun.of("eval", "video", "--run", run, "--data", davis, "--list", list);
    assertEquals(3, missing.exitCode());
    assertTrue(
        missing.err().startsWith("dino-vmf: video 'none' must have folders '"), missing.err());
    CommandRun empty = CommandRun.of("eval", "video", "--run", run, "--data", originals);
    assertEquals(3, empty.exitCode());
    assertTrue(empty.err().contains("as DAVIS does, but has no masks"), empty.err());
    CommandRun small =
        CommandRun.of("eval", "video", "--run", run, "--data", davis, "--image-size", "32");
    assertEquals(2, small.exitCode());
    assertTrue(
        small
            .err()
            .startsWith(
                "dino-vmf: --image-size: the shorter side must be at least 64 pixels, but is 32"),
        small.err());
  }

  @Test
  void refusesAMaskInColor(@TempDir Path folder) throws IOException {
    for (int i = 0; i < 3; i++) {
      String name = "colored/" + i + ".png";
      TestImages.write(folder.resolve("JPEGImages/480p").resolve(name), Color.RED, 64, 64, i);
      TestImages.write(folder.resolve("Annotations/480p").resolve(name), Color.RED, 64, 64, i);
    }
    CommandRun found =
        CommandRun.of("eval", "video", "--run", run, "--data", folder, "--image-size", "64");
    assertEquals(3, found.exitCode());
    assertTrue(found.err().contains("must be an image with a palette or in gray"), found.err());
  }

  @Test
  void findsTheOriginalsOfCopies() throws IOException {
    CommandRun found =
        CommandRun.of(
            "eval",
            "copy",
            "--run",
            run,
            "--originals",
            originals,
            "--copies",
            copies,
            "--image-size",
            "16");
    assertEquals(0, found.exitCode(), found.err());
    assertEquals(
        "3 of 3 copies have an original among 3 images\nmAP  100.00\n",
        found.out().replace(System.lineSeparator(), "\n"));
    CommandRun whitened =
        CommandRun.of(
            "eval",
            "copy",
            "--run",
            run,
            "--originals",
            originals,
            "--copies",
            copies,
            "--image-size",
            "16",
            "--distractors",
            davis.resolve("JPEGImages"),
            "--whitening",
            davis.resolve("JPEGImages"),
            "--json");
    assertEquals(0, whitened.exitCode(), whitened.err());
    JsonNode json = new ObjectMapper().readTree(whitened.out());
    assertEquals(3 + 2 * FRAMES, json.get("database").intValue());
    assertEquals(3, json.get("copies").intValue());
    assertEquals(3, json.get("queries").intValue());
  }

  @Test
  void saysThatNoCopyHasAnOriginalAndWhichSizesFit() {
    CommandRun none =
        CommandRun.of(
            "eval",
            "copy",
            "--run",
            run,
            "--originals",
            originals,
            "--copies",
            davis.resolve("JPEGImages"),
            "--image-size",
            "16");
    assertEquals(3, none.exitCode());
    assertTrue(
        none.err().contains("no copy has an original whose name begins with the same 4 characters"),
        none.err());
    CommandRun size =
        CommandRun.of(
            "eval",
            "copy",
            "--run",
            run,
            "--originals",
            originals,
            "--copies",
            copies,
            "--image-size",
            "18");
    assertEquals(2, size.exitCode());
    assertTrue(
        size.err()
            .startsWith(
                "dino-vmf: --image-size must be a multiple of the patch size 4, but is 18; use 16 or 20"),
        size.err());
  }
}
