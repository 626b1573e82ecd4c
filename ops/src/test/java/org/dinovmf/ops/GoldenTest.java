package org.dinovmf.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.ndarray.Shape;

class GoldenTest {

  private static final String HEADER =
      """
      {"__metadata__": {"config": "{\\"depth\\": 3}"},
       "b": {"dtype": "F32", "shape": [], "data_offsets": [16, 20]},
       "a": {"dtype": "F64", "shape": [2, 1], "data_offsets": [0, 16]},
       "c": {"dtype": "U8", "shape": [2], "data_offsets": [20, 22]},
       "d": {"dtype": "I64", "shape": [1], "data_offsets": [22, 30]}}""";

  private static final ByteBuffer DATA =
      ByteBuffer.allocate(30)
          .order(ByteOrder.LITTLE_ENDIAN)
          .putDouble(0.1)
          .putDouble(-2)
          .putFloat(0.25f)
          .put((byte) 7)
          .put((byte) 200)
          .putLong(-1L << 53);

  @Test
  void readsEveryElementType() throws IOException {
    Golden golden = Golden.parse("t", file(HEADER, 30));
    assertEquals(List.of("a", "b", "c", "d"), List.copyOf(golden.names()));
    assertEquals(Shape.of(2, 1), golden.shape("a"));
    assertArrayEquals(new double[] {0.1, -2}, golden.values("a"));
    assertEquals(Shape.scalar(), golden.shape("b"));
    assertEquals(0.25, golden.scalar("b"));
    assertArrayEquals(new double[] {7, 200}, golden.values("c"));
    assertEquals(-0x1p53, golden.scalar("d"));
    assertEquals(3, golden.metadata("config").get("depth").intValue());
  }

  @Test
  void namesAMissingTensor() throws IOException {
    Golden golden = Golden.parse("t", file(HEADER, 30));
    var e = assertThrows(NoSuchElementException.class, () -> golden.values("cls_token"));
    assertEquals("'t' has no tensor 'cls_token', only [a, b, c, d]", e.getMessage());
  }

  @Test
  void rejectsDataThatEndsEarlyOrLate() {
    for (int length : new int[] {29, 31}) {
      assertThrows(
          IllegalArgumentException.class,
          () -> Golden.parse("t", file(HEADER, length)),
          "" + length);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [0, 4]}}",
        "{\"a\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [1, 5]}}",
        "{\"a\": {\"dtype\": \"F16\", \"shape\": [2], \"data_offsets\": [0, 4]}}",
        "{\"a\": {\"dtype\": \"F32\", \"shape\": [1]}}"
      })
  void rejectsAFaultyHeader(String header) {
    assertThrows(IllegalArgumentException.class, () -> Golden.parse("t", file(header, 4)));
  }

  @Test
  void rejectsANameTwice() {
    String tensor = "\"a\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [0, 4]}";
    assertThrows(
        IOException.class, () -> Golden.parse("t", file("{" + tensor + "," + tensor + "}", 4)));
  }

  @Test
  void rejectsAHeaderLongerThanTheFile() {
    var e =
        assertThrows(
            IllegalArgumentException.class,
            () -> Golden.parse("t", new byte[] {9, 0, 0, 0, 0, 0, 0, 0}));
    assertEquals(
        "'t' must begin with the length of its header, but has 8 bytes and says 9", e.getMessage());
  }

  @Test
  void namesAMissingFile() {
    var e =
        assertThrows(
            IllegalArgumentException.class, () -> Golden.of(GoldenTest.class, "/golden/no.such"));
    assertEquals("no resource '/golden/no.such' beside org.dinovmf.ops.GoldenTest", e.getMessage());
  }

  private static byte[] file(String header, int dataBytes) throws IOException {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(json.length).array());
    out.write(json);
    out.write(Arrays.copyOf(DATA.array(), dataBytes));
    return out.toByteArray();
  }
}
