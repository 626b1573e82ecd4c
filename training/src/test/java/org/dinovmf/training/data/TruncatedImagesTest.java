package org.dinovmf.training.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.dinovmf.graph.preprocessing.Channels;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files without their end, for a decoder that takes them as far as they go. */
class TruncatedImagesTest {

  private static final int SIDE = 64;

  private static final ImageDecoder STRICT = ImageDecoder.standard(1);
  private static final ImageDecoder LENIENT =
      new ImageDecoder(
          ScanLimits.standard(),
          Channels.COLOR,
          new DecodeRules(true, DecodeRules.standard().timeout()),
          1);

  @AfterAll
  static void close() {
    STRICT.close();
    LENIENT.close();
  }

  /**
   * How much of the file is there, and how much of the picture must be: noise packs evenly, and a
   * JPEG has blocks of 16 rows, whose last row takes its color from the next block, too.
   */
  @ParameterizedTest
  @CsvSource({"png, 0.9, 0.85", "png, 0.5, 0.45", "jpg, 0.9, 0.7", "jpg, 0.5, 0.2"})
  void keepsTheRowsThatAreThere(String format, double there, double kept) throws IOException {
    byte[] whole = noise(format, false);
    byte[] part = Arrays.copyOf(whole, (int) (there * whole.length));
    BadImageException refused = assertThrows(BadImageException.class, () -> STRICT.decode(part));
    assertTrue(refused.getMessage().startsWith("truncated or damaged: "), refused::getMessage);

    DecodedImage image = LENIENT.decode(part);
    byte[] expected = STRICT.decode(whole).pixels();
    int firstDifference = Arrays.mismatch(expected, image.pixels());
    assertEquals(SIDE, image.height());
    assertTrue(
        firstDifference > kept * expected.length && firstDifference < expected.length,
        firstDifference + " of " + expected.length);
  }

  @Test
  void missingRowsOfAPngAreBlack() throws IOException {
    byte[] whole = noise("png", false);
    byte[] pixels = LENIENT.decode(Arrays.copyOf(whole, whole.length / 2)).pixels();
    byte[] lastRow = Arrays.copyOfRange(pixels, pixels.length - 3 * SIDE, pixels.length);
    assertArrayEquals(new byte[3 * SIDE], lastRow);
  }

  /** Of an interlaced PNG the first passes give single pixels of the whole picture. */
  @Test
  void keepsThePassesThatAreThere() throws IOException {
    byte[] whole = noise("png", true);
    byte[] pixels = LENIENT.decode(Arrays.copyOf(whole, whole.length / 3)).pixels();
    byte[] expected = STRICT.decode(whole).pixels();
    for (int y = 0; y < SIDE; y += 8) {
      for (int x = 0; x < SIDE; x += 8) {
        int at = 3 * (y * SIDE + x);
        assertEquals(expected[at], pixels[at], "pixel %d, %d".formatted(x, y));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jpeg-baseline.jpg",
        "jpeg-progressive.jpg",
        "png-color.png",
        "png-palette-alpha.png",
        "png-bits.png",
        "png-16-alpha.png"
      })
  void everyCutIsAlwaysTheSamePictureOrBad(String name) {
    byte[] whole = TestImages.read(name);
    int decoded = 0;
    for (int length = whole.length - 1; length > 0; length--) {
      byte[] part = Arrays.copyOf(whole, length);
      try {
        byte[] pixels = LENIENT.decode(part).pixels();
        assertArrayEquals(pixels, LENIENT.decode(part.clone()).pixels(), "length " + length);
        decoded++;
      } catch (BadImageException e) {
        assertEquals(1, e.getMessage().lines().count(), e.getMessage());
      }
    }
    assertTrue(decoded > 10, decoded + " of " + whole.length);
  }

  /** A damaged sum or packed stream ends what can be used; the file has its full length. */
  @Test
  void keepsTheRowsBeforeTheDamage() throws IOException {
    byte[] whole = noise("png", false);
    byte[] damaged = whole.clone();
    Arrays.fill(damaged, whole.length / 2, whole.length / 2 + 200, (byte) 0xFF);
    assertThrows(BadImageException.class, () -> STRICT.decode(damaged));
    byte[] expected = STRICT.decode(whole).pixels();
    int firstDifference = Arrays.mismatch(expected, LENIENT.decode(damaged).pixels());
    assertTrue(firstDifference > 0.4 * expected.length, "" + firstDifference);
  }

  /** A stream that is whole can hold a row that is not; where that is from, nobody knows. */
  @Test
  void nothingBehindADamagedRowIsKept() throws IOException {
    byte[] rows = new byte[SIDE * (1 + 3 * SIDE)]; // each begins with the number of its filter
    Arrays.fill(rows, (byte) 1);
    for (int y = 0; y < SIDE; y++) {
      rows[y * (1 + 3 * SIDE)] = (byte) (y == SIDE / 2 ? 9 : 0);
    }
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (DeflaterOutputStream out = new DeflaterOutputStream(packed)) {
      out.write(rows);
    }
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.write(noise("png", false), 0, 8 + 25); // signature and header
    file.writeBytes(ByteBuffer.allocate(4).putInt(packed.size()).array());
    file.writeBytes("IDAT".getBytes(StandardCharsets.US_ASCII));
    file.writeBytes(packed.toByteArray());
    file.writeBytes(new byte[4]); // a sum that is wrong
    byte[] expected = new byte[3 * SIDE * SIDE];
    Arrays.fill(expected, 0, expected.length / 2, (byte) 1);
    assertArrayEquals(expected, LENIENT.decode(file.toByteArray()).pixels());
  }

  /** A stuffed 0 and a restart are within a scan; half of a marker at the end is not. */
  @Test
  void scanOfAJpegIsKeptToItsLastWholeByte() throws IOException {
    byte[] part = HexFormat.of().parseHex("ffd8" + "ffda00040102" + "11ffd022ff0033ff");
    byte[] whole = HexFormat.of().parseHex("ffd8" + "ffda00040102" + "11ffd022ff0033" + "ffd9");
    assertArrayEquals(whole, JpegRepair.of(part));
  }

  @Test
  void nothingButAHeaderIsBad() throws IOException {
    byte[] png = TestImages.read("png-color.png");
    int data = new String(png, StandardCharsets.ISO_8859_1).indexOf("IDAT") + 4;
    BadImageException bad =
        assertThrows(BadImageException.class, () -> LENIENT.decode(Arrays.copyOf(png, data + 4)));
    assertEquals("damaged before the end of the first row of pixels", bad.getMessage());
  }

  @Test
  void wholeImagesAreTheSame() throws IOException {
    for (String name :
        new String[] {"jpeg-progressive.jpg", "png-16-alpha.png", "gif-palette.gif"}) {
      byte[] file = TestImages.read(name);
      assertArrayEquals(STRICT.decode(file).pixels(), LENIENT.decode(file).pixels(), name);
    }
  }

  static byte[] noise(String format, boolean isProgressive) throws IOException {
    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < SIDE * SIDE; i++) {
      image.setRGB(i % SIDE, i / SIDE, random.nextInt());
    }
    ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      writer.setOutput(out);
      ImageWriteParam options = writer.getDefaultWriteParam();
      options.setProgressiveMode(
          isProgressive ? ImageWriteParam.MODE_DEFAULT : ImageWriteParam.MODE_DISABLED);
      writer.write(null, new IIOImage(image, null, null), options);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }
}
