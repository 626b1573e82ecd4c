package org.dinovmf.training.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageIndexerTest {

  @TempDir Path temp;

  @Test
  void findsEveryFormatByContent() throws IOException {
    Path root = temp.resolve("all");
    Files.createDirectories(root.resolve("deep/er"));
    Files.write(root.resolve("deep/er/a.txt"), TestImages.read("jpeg-progressive.jpg"));
    Files.write(root.resolve("b.jpg"), TestImages.read("png-palette-alpha.png"));
    Files.write(root.resolve("c"), TestImages.read("webp-alpha.webp"));
    Files.write(root.resolve("d.tif"), TestImages.read("tiff-16-gray.tif"));
    Files.write(root.resolve("e.gif"), TestImages.read("gif-animated.gif"));
    Files.write(root.resolve("f.bmp"), TestImages.read("bmp-bits.bmp"));

    ImageIndex index = scan(root);

    assertEquals(List.of("b.jpg", "c", "d.tif", "deep/er/a.txt", "e.gif", "f.bmp"), names(index));
    assertEquals(
        Map.of(
            ImageFormat.JPEG, 1,
            ImageFormat.PNG, 1,
            ImageFormat.WEBP, 1,
            ImageFormat.TIFF, 1,
            ImageFormat.GIF, 1,
            ImageFormat.BMP, 1),
        index.census().formats());
    assertEquals(1, index.census().misnamed());
    for (ImageFile image : index.images()) {
      assertEquals(TestImages.WIDTH, image.width(), image.relativePath());
      assertEquals(TestImages.HEIGHT, image.height(), image.relativePath());
      assertEquals(Files.size(image.path()), image.length());
    }
  }

  @Test
  void readsOrientationOfEveryFormatThatHasOne() throws IOException {
    Path root = temp.resolve("turned");
    Files.createDirectories(root);
    for (String name :
        List.of(
            "orientation-1.jpg",
            "orientation-8.jpg",
            "orientation-png.png",
            "orientation-tiff.tif",
            "orientation-webp.webp")) {
      Files.write(root.resolve(name), TestImages.read(name));
    }
    ImageIndex index = scan(root);
    assertEquals(
        List.of(1, 8, 6, 6, 6), index.images().stream().map(ImageFile::orientation).toList());
    assertEquals(4, index.census().rotated());
  }

  @Test
  void ignoresHiddenFilesAndCountsOthers() throws IOException {
    Path root = pair("data");
    TestImages.writePng(root.resolve(".hidden/x.png"), 4, 4, 3);
    TestImages.writePng(root.resolve("__MACOSX/y.png"), 4, 4, 3);
    TestImages.writePng(root.resolve("._a.png"), 4, 4, 3);
    Files.writeString(root.resolve("notes.TXT"), "hello");
    Files.writeString(root.resolve("Makefile"), "all:");

    ImageIndex index = scan(root);

    assertEquals(List.of("a.png", "b.png"), names(index));
    assertEquals(3, index.census().ignored());
    assertEquals(Map.of("txt", 1, "(none)", 1), index.census().others());
  }

  @Test
  void namesUnsupportedFormatsWithWhatToDo() throws IOException {
    Path root = pair("data");
    Files.write(root.resolve("phone.jpg"), ascii("\0\0\0\u0018ftypheic\0\0\0\0"));
    Files.write(root.resolve("photo.nef"), TestImages.read("tiff-color.tif"));
    Files.writeString(root.resolve("logo.svg"), "<svg/>");

    Census census = scan(root).census();

    assertEquals(
        Map.of(
            UnsupportedFormat.HEIC, 1,
            UnsupportedFormat.CAMERA_RAW, 1,
            UnsupportedFormat.SVG, 1),
        census.unsupported());
    assertTrue(
        census.lines().stream()
            .anyMatch(line -> line.startsWith("1 HEIC/HEIF not supported, left out: convert")),
        census.lines().toString());
  }

  @Test
  void damagedHeadersAreNamedWithTheReason() throws IOException {
    Path root = pair("data");
    byte[] png = TestImages.read("png-color.png");
    Files.write(root.resolve("empty.jpg"), new byte[0]);
    Files.writeString(root.resolve("page.png"), "<html>404, not an image at all</html>");
    Files.write(root.resolve("short.png"), Arrays.copyOf(png, 20));
    byte[] hostile = png.clone();
    hostile[16] = 0x7F;
    Files.write(root.resolve("vast.png"), hostile);
    byte[] bmp = TestImages.read("bmp-color.bmp");
    Files.write(root.resolve("cut.bmp"), Arrays.copyOf(bmp, bmp.length - 1));
    Files.createSymbolicLink(root.resolve("gone.jpg"), root.resolve("nowhere"));

    List<DamagedFile> damaged = scan(root).census().damaged();

    assertEquals(
        List.of(
            "cut.bmp: truncated: 10 rows of 48 bytes do not fit a file of 533 bytes",
            "empty.jpg: empty file",
            "gone.jpg: no such file, or a link that leads nowhere",
            "page.png: the content is of no known image format",
            "short.png: truncated: the header goes on after the end of the file at byte 20",
            "vast.png: picture of 2130706448 x 10 pixels is larger than the limit of 89478485 pixels"),
        damaged.stream().map(file -> file.relativePath() + ": " + file.reason()).toList());
  }

  @Test
  void followsLinksButNotInCircles() throws IOException {
    Path root = pair("data");
    Path outside = pair("outside");
    Files.createSymbolicLink(root.resolve("more"), outside);
    Files.createDirectories(root.resolve("sub"));
    Files.createSymbolicLink(root.resolve("sub/up"), root);

    ImageIndex index = scan(root);

    assertEquals(List.of("a.png", "b.png", "more/a.png", "more/b.png"), names(index));
    assertEquals(1, index.census().loops());
  }

  @Test
  void namesOfOtherAlphabetsAreKept() throws IOException {
    Path root = temp.resolve("Bilder \u00e4\u00f6\u00fc");
    List<String> names = List.of("caf\u00e9 ?#%.png", "\u732b/\u0442\u0435\u0441\u0442.png");
    for (String name : names) {
      Path file = PathNames.resolve(temp, "Bilder \u00e4\u00f6\u00fc/" + name);
      TestImages.writePng(file, 4, 4, 5);
    }
    ImageIndex index = scan(root);
    assertEquals(names, names(index));
    assertTrue(Files.exists(index.images().get(1).path()));
  }

  @Test
  void listFileNamesItsImages() throws IOException {
    Path root = pair("data");
    Path list = temp.resolve("list.txt");
    Files.writeString(list, "\uFEFFdata/b.png\n\n  ./data/a.png  \ndata/none.png\n");

    ImageIndex index = scan(list);

    assertEquals(List.of("data/a.png", "data/b.png"), names(index));
    assertEquals(root.resolve("a.png"), index.images().get(0).path());
    assertEquals("data/none.png", index.census().damaged().get(0).relativePath());
  }

  @Test
  void absoluteListDoesNotDependOnWhereTheTreeLies() throws IOException {
    Path here = pair("here/set/x");
    TestImages.writePng(temp.resolve("here/set/y/c.png"), 4, 4, 3);
    Path list = temp.resolve("list.txt");
    Files.writeString(list, here.resolve("a.png") + "\n" + temp.resolve("here/set/y/c.png") + "\n");
    assertEquals(List.of("x/a.png", "y/c.png"), names(scan(list)));
  }

  @Test
  void severalSourcesAreTakenApartByName() throws IOException {
    ImageIndex index =
        ImageIndexer.scan(
            List.of(pair("one/train"), pair("two/train"), pair("other")), ScanLimits.standard(), 2);
    assertEquals(
        List.of(
            "other/a.png",
            "other/b.png",
            "train/a.png",
            "train/b.png",
            "train~2/a.png",
            "train~2/b.png"),
        names(index));
  }

  @Test
  void threadsAndPlaceChangeNothing() throws IOException {
    Path here = temp.resolve("here");
    Path there = temp.resolve("there");
    for (int i = 0; i < 300; i++) {
      String name = "f%d/%d.png".formatted(i % 7, i);
      TestImages.writePng(here.resolve(name), 3, 2, i);
      TestImages.writePng(there.resolve(name), 3, 2, i);
    }
    ImageIndex one = ImageIndexer.scan(List.of(here), ScanLimits.standard(), 1);
    ImageIndex four = ImageIndexer.scan(List.of(there), ScanLimits.standard(), 4);
    assertEquals(names(one), names(four));
    assertEquals(one.fingerprint(), four.fingerprint());
    assertEquals(one.census().lines(), four.census().lines());
    assertTrue(one.fingerprint().startsWith("300-"));
  }

  @Test
  void fingerprintSeesNamesAndSizes() throws IOException {
    Path root = pair("data");
    String before = scan(root).fingerprint();
    Files.move(root.resolve("a.png"), root.resolve("c.png"));
    String renamed = scan(root).fingerprint();
    TestImages.writePng(root.resolve("c.png"), 9, 9, 1);
    String resized = scan(root).fingerprint();
    assertNotEquals(before, renamed);
    assertNotEquals(renamed, resized);
  }

  @Test
  void folderWithoutImagesSaysWhatIsThere() throws IOException {
    Path root = temp.resolve("none");
    Files.createDirectories(root);
    Files.writeString(root.resolve("a.csv"), "x");
    Files.writeString(root.resolve("b.csv"), "x");
    assertEquals(
        "no usable image in %s, at least 2 needed; found: other files by extension: 2 csv; "
                .formatted(root)
            + "supported are JPEG, PNG, BMP, GIF, WEBP, TIFF",
        assertThrows(DataException.class, () -> scan(root)).getMessage());
  }

  @Test
  void oneImageIsTooFewAndDamagedOnesDoNotCount() throws IOException {
    Path root = pair("data");
    Files.write(root.resolve("b.png"), new byte[0]);
    String message = assertThrows(DataException.class, () -> scan(root)).getMessage();
    assertTrue(message.startsWith("only 1 usable image in "), message);
    assertTrue(message.contains("1 damaged (such as b.png: empty file)"), message);
    ScanLimits one = ScanLimits.standard().withMinImages(1);
    assertEquals(1, ImageIndexer.scan(List.of(root), one, 1).size());
  }

  @Test
  void refusesSourcesThatAreNone() throws IOException {
    Path image = pair("data").resolve("a.png");
    Path missing = temp.resolve("missing");
    assertEquals(
        "'%s' does not exist".formatted(missing),
        assertThrows(DataException.class, () -> scan(missing)).getMessage());
    String message = assertThrows(DataException.class, () -> scan(image)).getMessage();
    assertTrue(message.contains("is an image; give the folder it lies in"), message);
    Path binary = temp.resolve("binary");
    Files.write(binary, new byte[] {(byte) 0xC3, 0x28, 1});
    assertEquals(
        binary + " is not text in UTF-8",
        assertThrows(DataException.class, () -> scan(binary)).getMessage());
  }

  @Test
  void censusIsReadable() throws IOException {
    Path root = pair("data");
    Files.write(root.resolve("turned.jpg"), TestImages.read("orientation-6.jpg"));
    Files.write(root.resolve("empty.jpg"), new byte[0]);
    List<String> lines = scan(root).census().lines();
    assertTrue(lines.get(0).startsWith("3 images (2 PNG, 1 JPEG), "), lines.get(0));
    assertTrue(lines.get(0).endsWith("width 4 to 16, median 4; height 3 to 10, median 3"));
    assertEquals(
        List.of(
            "1 damaged image left out:",
            "  empty.jpg: empty file",
            "1 image with a rotation tag, turned upright"),
        lines.subList(1, lines.size()));
    assertFalse(lines.toString().contains("hidden"));
  }

  private Path pair(String folder) throws IOException {
    Path root = temp.resolve(folder);
    TestImages.writePng(root.resolve("a.png"), 4, 3, 1);
    TestImages.writePng(root.resolve("b.png"), 4, 3, 2);
    return root;
  }

  private static ImageIndex scan(Path source) throws IOException {
    return ImageIndexer.scan(List.of(source), ScanLimits.standard(), 2);
  }

  private static List<String> names(ImageIndex index) {
    return index.images().stream().map(ImageFile::relativePath).toList();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
