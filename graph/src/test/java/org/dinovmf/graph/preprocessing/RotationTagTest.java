package org.dinovmf.graph.preprocessing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of other programs are in the tests of the module that embeds them. */
final class RotationTagTest {

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void readsEitherByteOrder(boolean isLittle) {
    for (int orientation = 1; orientation <= 8; orientation++) {
      byte[] tiff = tiff(isLittle, orientation);
      assertEquals(orientation, RotationTag.of(jpeg(tiff)));
      assertEquals(orientation, RotationTag.of(png(tiff)));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 9, 65535})
  void takesASenselessValueAsUpright(int value) {
    assertEquals(1, RotationTag.of(jpeg(tiff(true, value))));
  }

  /** A picture may be whole where its tag is not. */
  @Test
  void takesADamagedHeaderAsUpright() {
    byte[] jpeg = jpeg(tiff(false, 6));
    byte[] png = png(tiff(true, 6));
    for (int length = 0; length < jpeg.length - 20; length++) {
      assertEquals(1, RotationTag.of(Arrays.copyOf(jpeg, length)), "bytes " + length);
    }
    for (int length = 0; length < png.length - 20; length++) {
      assertEquals(1, RotationTag.of(Arrays.copyOf(png, length)), "bytes " + length);
    }
    byte[] negative = png.clone();
    negative[8] = (byte) 0xff; // length of the first chunk
    assertEquals(1, RotationTag.of(negative));
    byte[] far = jpeg(tiff(true, 6));
    far[2 + 4 + 6 + 7] = 0x7f; // offset of the directory
    assertEquals(1, RotationTag.of(far));
  }

  /** A directory of one other entry, then the orientation. */
  private static byte[] tiff(boolean isLittle, int orientation) {
    ByteBuffer tiff =
        ByteBuffer.allocate(8 + 2 + 2 * 12 + 4)
            .order(isLittle ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    tiff.put((isLittle ? "II" : "MM").getBytes(StandardCharsets.US_ASCII));
    tiff.putShort((short) 42).putInt(8).putShort((short) 2);
    tiff.putShort((short) 256).putShort((short) 4).putInt(1).putInt(6);
    tiff.putShort((short) 274).putShort((short) 3).putInt(1);
    tiff.putShort((short) orientation).putShort((short) 0);
    return tiff.array();
  }

  /** Start, a comment, EXIF, start of scan. */
  private static byte[] jpeg(byte[] tiff) {
    ByteBuffer file = ByteBuffer.allocate(2 + 4 + tiff.length + 6 + 6 + 2);
    file.putShort((short) 0xFFD8);
    file.putShort((short) 0xFFE1).putShort((short) (2 + 6 + tiff.length));
    file.put("Exif\0\0".getBytes(StandardCharsets.US_ASCII)).put(tiff);
    file.putShort((short) 0xFFFE).putShort((short) 4).putShort((short) 0);
    file.putShort((short) 0xFFDA);
    return file.array();
  }

  private static byte[] png(byte[] tiff) {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'});
    chunk(file, "IHDR", new byte[13]);
    chunk(file, "eXIf", tiff);
    chunk(file, "IEND", new byte[0]);
    return file.toByteArray();
  }

  private static void chunk(ByteArrayOutputStream file, String name, byte[] data) {
    file.writeBytes(ByteBuffer.allocate(4).putInt(data.length).array());
    file.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
    file.writeBytes(data);
    file.writeBytes(new byte[4]);
  }
}
