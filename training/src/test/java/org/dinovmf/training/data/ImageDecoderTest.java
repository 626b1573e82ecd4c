package org.dinovmf.training.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageDecoderTest {

  /** Another build of libjpeg may round otherwise; here the values agree. */
  private static final int JPEG_TOLERANCE = 3;

  /**
   * Half of the color of a lossy WebP is repeated here and interpolated in libwebp, which shows
   * where color changes as fast as in this picture: 5.6 levels on average, 16 at most.
   */
  private static final int LOSSY_WEBP_TOLERANCE = 16;

  private static final ImageDecoder DECODER = new ImageDecoder(ScanLimits.standard(), 1);

  @AfterAll
  static void close() {
    DECODER.close();
  }

  static Stream<String> images() throws IOException {
    try (Stream<Path> files = Files.list(TestImages.folder())) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.endsWith(".rgb") && !name.endsWith(".py"))
          .sorted()
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("images")
  void seesWhatPillowSees(String name) throws IOException {
    boolean isTurned = name.matches("orientation-([5-8]|png|webp|tiff).*");
    byte[] expected = TestImages.read(name.substring(0, name.lastIndexOf('.')) + ".rgb");

    RgbImage image = DECODER.decode(TestImages.read(name));

    assertEquals(isTurned ? TestImages.HEIGHT : TestImages.WIDTH, image.width());
    assertEquals(isTurned ? TestImages.WIDTH : TestImages.HEIGHT, image.height());
    int worst = 0;
    for (int i = 0; i < expected.length; i++) {
      worst = Math.max(worst, Math.abs((expected[i] & 0xFF) - (image.pixels()[i] & 0xFF)));
    }
    assertTrue(worst <= tolerance(name), "differs by " + worst + " gray levels");
  }

  private static int tolerance(String name) {
    if (name.equals("webp-lossy.webp")) {
      return LOSSY_WEBP_TOLERANCE;
    }
    return name.endsWith(".jpg") ? JPEG_TOLERANCE : 0;
  }

  @ParameterizedTest
  @MethodSource("images")
  void eighthOfAFileIsBad(String name) {
    byte[] whole = TestImages.read(name);
    byte[] part = Arrays.copyOf(whole, whole.length / 8);
    BadImageException e = assertThrows(BadImageException.class, () -> DECODER.decode(part));
    assertEquals(1, e.getMessage().lines().count());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jpeg-baseline.jpg",
        "jpeg-progressive.jpg",
        "png-color.png",
        "bmp-color.bmp",
        "gif-palette.gif",
        "webp-lossless.webp",
        "webp-lossy.webp",
        "tiff-color.tif"
      })
  void fileWithoutItsEndIsBad(String name) {
    byte[] whole = TestImages.read(name);
    byte[] part = Arrays.copyOf(whole, whole.length - whole.length / 10);
    assertThrows(BadImageException.class, () -> DECODER.decode(part));
  }

  @ParameterizedTest
  @MethodSource("images")
  void randomDamageIsDecodedOrBadAndNothingElse(String name) {
    byte[] whole = TestImages.read(name);
    for (int seed = 0; seed < 20; seed++) {
      byte[] damaged = whole.clone();
      SplittableRandom random = new SplittableRandom(seed);
      for (int i = 0; i < 4; i++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      try {
        RgbImage image = DECODER.decode(damaged);
        assertEquals(3L * image.width() * image.height(), image.pixels().length);
      } catch (BadImageException e) {
        assertEquals(1, e.getMessage().lines().count(), e.getMessage());
      }
    }
  }

  @Test
  void emptyFileIsBad() {
    assertEquals(
        "empty file",
        assertThrows(BadImageException.class, () -> DECODER.decode(new byte[0])).getMessage());
  }

  @Test
  void textIsBad() {
    byte[] text = "no image, but longer than any signature".getBytes(StandardCharsets.UTF_8);
    assertEquals(
        "the content is of no known image format",
        assertThrows(BadImageException.class, () -> DECODER.decode(text)).getMessage());
  }

  @Test
  void hugePictureIsRefusedByItsHeader() {
    byte[] png = TestImages.read("png-color.png");
    png[16] = 0x7F; // width above 2^30; its pixels would need 32 GB
    assertEquals(
        "picture of 2130706448 x 10 pixels is larger than the limit of 89478485 pixels",
        assertThrows(BadImageException.class, () -> DECODER.decode(png)).getMessage());
  }

  @Test
  void largeFileIsRefused() {
    byte[] bmp = TestImages.read("bmp-color.bmp");
    try (ImageDecoder strict = new ImageDecoder(new ScanLimits(1000, 100, 2), 1)) {
      BadImageException e = assertThrows(BadImageException.class, () -> strict.decode(bmp));
      assertEquals(
          "file of %d bytes is larger than the limit of 100".formatted(bmp.length), e.getMessage());
    }
  }

  @Test
  void fileThatChangedSinceIndexingIsBad(@TempDir Path folder) throws IOException {
    TestImages.writePng(folder.resolve("a.png"), 8, 6, 1);
    TestImages.writePng(folder.resolve("b.png"), 8, 6, 2);
    ImageIndex index = ImageIndexer.scan(List.of(folder), ScanLimits.standard(), 1);
    Files.write(folder.resolve("a.png"), new byte[9]);
    Files.delete(folder.resolve("b.png"));

    String changed =
        assertThrows(BadImageException.class, () -> DECODER.decode(index.images().get(0)))
            .getMessage();
    assertTrue(changed.startsWith("the file has 9 bytes, but had "), changed);
    assertEquals(
        "the file is gone since indexing",
        assertThrows(BadImageException.class, () -> DECODER.decode(index.images().get(1)))
            .getMessage());
  }

  @Test
  void turnedImageOfAnIndexIsUpright(@TempDir Path folder) throws IOException {
    Files.write(folder.resolve("a.jpg"), TestImages.read("orientation-6.jpg"));
    Files.write(folder.resolve("b.jpg"), TestImages.read("orientation-3.jpg"));
    ImageIndex index = ImageIndexer.scan(List.of(folder), ScanLimits.standard(), 1);
    assertEquals(TestImages.WIDTH, DECODER.decode(index.images().get(0)).height());
    assertEquals(TestImages.HEIGHT, DECODER.decode(index.images().get(1)).height());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void orientationIsUndone(int orientation) {
    // The tags show where row 0 and column 0 of the stored picture lie when it is upright.
    RgbImage stored = new RgbImage(2, 1, new byte[] {1, 1, 1, 2, 2, 2});
    RgbImage upright = Orientation.upright(stored, orientation);
    boolean isTurned = orientation > 4;
    boolean isReversed =
        switch (orientation) {
          case 2, 3, 7, 8 -> true;
          default -> false;
        };
    assertEquals(isTurned ? 1 : 2, upright.width());
    assertArrayEquals(
        isReversed ? new byte[] {2, 2, 2, 1, 1, 1} : new byte[] {1, 1, 1, 2, 2, 2},
        upright.pixels());
  }
}
