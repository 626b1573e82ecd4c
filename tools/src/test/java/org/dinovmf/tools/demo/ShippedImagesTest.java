package org.dinovmf.tools.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShippedImagesTest {

  @TempDir Path folder;

  @Test
  void holdsAsManyImagesOfEachClass() throws IOException {
    ShippedImages images = ShippedImages.unpack(folder.resolve("bilder-é"));

    assertEquals(Set.copyOf(FashionMnistSubset.CLASSES), names(images.train()));
    assertEquals(Set.copyOf(FashionMnistSubset.CLASSES), names(images.test()));
    for (String label : FashionMnistSubset.CLASSES) {
      assertEquals(600, names(images.train().resolve(label)).size(), label);
      assertEquals(100, names(images.test().resolve(label)).size(), label);
    }
    assertTrue(Files.readString(images.root().resolve("LICENSE")).contains("Zalando"));
    assertEquals(Set.of("bilder-é"), names(folder));
  }

  @Tag("slow")
  @Test
  void imagesAreSmallGrayAndAllDifferent() throws Exception {
    ShippedImages images = ShippedImages.unpack(folder.resolve("images"));
    Set<String> contents = new HashSet<>();
    try (Stream<Path> files = Files.walk(images.root())) {
      for (Path file : files.filter(f -> f.toString().endsWith(".png")).toList()) {
        BufferedImage image = ImageIO.read(file.toFile());
        assertEquals(28, image.getWidth());
        assertEquals(28, image.getHeight());
        assertEquals(1, image.getRaster().getNumBands());
        contents.add(sha256(Files.readAllBytes(file)));
      }
    }
    assertEquals(7000, contents.size());
  }

  @Test
  void archiveIsTheOneOfTheReadme() throws Exception {
    Path data = Path.of("data", "fashion-mnist");
    String readme = Files.readString(data.resolve("README.md"));
    byte[] archive = Files.readAllBytes(data.resolve(FashionMnistSubset.ARCHIVE));
    assertTrue(readme.contains(sha256(archive)));
  }

  @Test
  void unpacksOnce() throws IOException {
    Path into = folder.resolve("images");
    Path file = ShippedImages.unpack(into).train().resolve("bag").resolve("00023.png");
    FileTime longAgo = FileTime.fromMillis(0);
    Files.setLastModifiedTime(file, longAgo);

    ShippedImages.unpack(into);

    assertEquals(longAgo, Files.getLastModifiedTime(file));
  }

  @Tag("slow")
  @Test
  void namesTheImageThatAnUnpackedFolderLacks() throws IOException {
    Path into = folder.resolve("images");
    Path image = ShippedImages.unpack(into).train().resolve("bag").resolve("00023.png");
    String fault =
        "'%s' must hold the shipped images, but train/bag/00023.png is missing or changed; delete or move the folder"
            .formatted(into);

    Files.write(image, new byte[] {1});
    IOException changed = assertThrows(IOException.class, () -> ShippedImages.unpack(into));
    assertEquals(fault, changed.getMessage());

    Files.delete(image);
    IOException missing = assertThrows(IOException.class, () -> ShippedImages.unpack(into));
    assertEquals(fault, missing.getMessage());
  }

  @Test
  void leavesNothingBehindWhenItFails() throws IOException {
    Path into = folder.resolve("below").resolve("images");
    try (InputStream archive = new ByteArrayInputStream(archiveOf("a.png", "../../../b.png"));
        InputStream license = InputStream.nullInputStream()) {
      IOException e =
          assertThrows(IOException.class, () -> ShippedImages.unpack(archive, license, into));
      assertEquals("archive entry '../../../b.png' points outside", e.getMessage());
    }
    assertEquals(Set.of(), names(folder.resolve("below")));
    assertFalse(Files.exists(folder.resolve("b.png")));
  }

  private static byte[] archiveOf(String... names) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (String name : List.of(names)) {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(1);
        zip.closeEntry();
      }
    }
    return bytes.toByteArray();
  }

  private static Set<String> names(Path folder) throws IOException {
    Set<String> names = new HashSet<>();
    try (Stream<Path> children = Files.list(folder)) {
      children.forEach(child -> names.add(child.getFileName().toString()));
    }
    return names;
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
