package org.dinovmf.tools;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
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

/** Of one small run. */
final class AnalyzeAttentionTest {

  @TempDir private static Path shared;

  private static Path images;
  private static Path run;

  @BeforeAll
  static void train() throws IOException {
    images = shared.resolve("images");
    SmallTraining.writeImages(images);
    run = shared.resolve("run");
    assertEquals(0, SmallTraining.train(images, run).exitCode());
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
}
