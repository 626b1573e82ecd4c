package org.dinovmf.tools.demo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.awt.image.BufferedImage;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FashionMnistSubsetTest {

  /** Labels run 0 to 9 again and again, so image i has label i mod 10. */
  private static final int IMAGES = 40;

  private static final int HEIGHT = 2;
  private static final int WIDTH = 3;

  @TempDir Path folder;

  @Test
  void takesTheFirstImagesOfEachClass() throws IOException {
    writeIdx("train", IMAGES);
    writeIdx("t10k", IMAGES);

    Path archive = FashionMnistSubset.write(folder, folder.resolve("out"), 2, 1);

    try (ZipFile zip = new ZipFile(archive.toFile())) {
      List<String> names = new ArrayList<>();
      zip.stream().map(ZipEntry::getName).forEach(names::add);
      assertEquals(30, names.size());
      assertEquals("train/t-shirt-top/00000.png", names.get(0));
      assertEquals("train/ankle-boot/00019.png", names.get(19));
      assertEquals("test/ankle-boot/00009.png", names.get(29));
      assertEquals(LocalDateTime.of(2017, 8, 25, 0, 0), zip.entries().nextElement().getTimeLocal());
      BufferedImage image =
          ImageIO.read(zip.getInputStream(zip.getEntry("train/trouser/00011.png")));
      assertEquals(WIDTH, image.getWidth());
      assertEquals(HEIGHT, image.getHeight());
      int[] pixels = image.getRaster().getPixels(0, 0, WIDTH, HEIGHT, (int[]) null);
      assertArrayEquals(new int[] {11, 61, 111, 161, 211, 5}, pixels);
    }
  }

  @Test
  void writesTheSameBytesAgain() throws IOException {
    writeIdx("train", IMAGES);
    writeIdx("t10k", IMAGES);

    Path first = FashionMnistSubset.write(folder, folder.resolve("first"), 2, 1);
    Path second = FashionMnistSubset.write(folder, folder.resolve("second"), 2, 1);

    assertArrayEquals(Files.readAllBytes(first), Files.readAllBytes(second));
  }

  @Test
  void saysHowManyImagesAreMissing() throws IOException {
    writeIdx("train", 12);

    IOException e =
        assertThrows(
            IOException.class, () -> FashionMnistSubset.write(folder, folder.resolve("out"), 2, 1));

    assertEquals(
        folder.resolve("train-images-idx3-ubyte.gz")
            + " must hold 2 images of each class, but 8 are missing",
        e.getMessage());
  }

  /** The classes come in no order; who has enough of one waits for the others. */
  @Test
  void passesOverWhatIsTooManyOfAClass() throws IOException {
    writeIdx("train", IMAGES, 3);
    writeIdx("t10k", IMAGES, 3);
    Path archive = FashionMnistSubset.write(folder, folder.resolve("out"), 2, 1);
    try (ZipFile zip = new ZipFile(archive.toFile())) {
      assertEquals(
          List.of("train/t-shirt-top/00000.png", "train/t-shirt-top/00001.png"),
          zip.stream()
              .map(ZipEntry::getName)
              .filter(name -> name.startsWith("train/t-shirt-top"))
              .toList());
      assertEquals(30, zip.size());
    }
  }

  private void writeIdx(String name, int count) throws IOException {
    writeIdx(name, count, 1);
  }

  /** Classes in turn, but the first {@code ofFirst} images are all of the first one. */
  private void writeIdx(String name, int count, int ofFirst) throws IOException {
    try (DataOutputStream images = gzip(name + "-images-idx3-ubyte.gz");
        DataOutputStream labels = gzip(name + "-labels-idx1-ubyte.gz")) {
      images.writeInt(0x803);
      images.writeInt(count);
      images.writeInt(HEIGHT);
      images.writeInt(WIDTH);
      labels.writeInt(0x801);
      labels.writeInt(count);
      for (int i = 0; i < count; i++) {
        labels.writeByte(i < ofFirst ? 0 : i % 10);
        for (int pixel = 0; pixel < HEIGHT * WIDTH; pixel++) {
          images.writeByte(i + 50 * pixel);
        }
      }
    }
  }

  private DataOutputStream gzip(String name) throws IOException {
    return new DataOutputStream(new GZIPOutputStream(Files.newOutputStream(folder.resolve(name))));
  }
}
