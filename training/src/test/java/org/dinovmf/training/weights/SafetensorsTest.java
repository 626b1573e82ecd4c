package org.dinovmf.training.weights;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.ndarray.Shape;

class SafetensorsTest {

  private static final String ONE = "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}";

  @Test
  void readsWhatItWrites() throws IOException {
    float[] values = {1, -0f, Float.NaN, Float.MIN_VALUE, 1e30f, Float.POSITIVE_INFINITY};
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SafetensorsWriter.write(
        out,
        List.of(
            new NamedTensor("a.b", Shape.of(2, 3), values),
            new NamedTensor("scalar", Shape.scalar(), new float[] {4})),
        Map.of("format", "pt"));
    byte[] file = out.toByteArray();
    assertEquals(0, ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong() % 8);
    TensorTable table = WeightFile.read(ByteSource.of(file));
    assertEquals(Map.of("format", "pt"), table.metadata());
    StoredTensor tensor = table.groups().get("").get("a.b");
    assertEquals(Shape.of(2, 3), tensor.shape());
    assertArrayEquals(values, tensor.floats());
    assertArrayEquals(new float[] {4}, table.groups().get("").get("scalar").floats());
  }

  /** Values by NumPy: {@code numpy.array([...]).astype(type).tobytes()}, bfloat16 by PyTorch. */
  @ParameterizedTest
  @CsvSource({
    "F64, 400921fb54442d18 c000000000000000, 3.1415927 -2",
    "F32, 40490fdb 00000001, 3.1415927 1.4e-45",
    "F16, 4248 8001 7bff fc00 3555, 3.140625 -5.9604645e-8 65504 -Infinity 0.33325195",
    "BF16, 4049 0001 ff80 bf80, 3.140625 9.1835e-41 -Infinity -1",
    "I64, fffffffffffffffe 0000000000000007, -2 7",
    "I32, fffffffe 00000007, -2 7",
    "I16, fffe 0007, -2 7",
    "I8, fe 07, -2 7",
    "U8, fe 07, 254 7",
    "BOOL, 00 01, 0 1"
  })
  void readsEveryElementType(ElementType type, String hex, String expected) throws IOException {
    String[] words = hex.split(" ", -1);
    ByteBuffer data =
        ByteBuffer.allocate(words.length * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (String word : words) {
      long bits = Long.parseUnsignedLong(word, 16);
      for (int i = 0; i < type.bytes(); i++) {
        data.put((byte) (bits >> (8 * i)));
      }
    }
    String header =
        "{'a':{'dtype':'%s','shape':[%d],'data_offsets':[0,%d]}}"
            .formatted(type, words.length, data.capacity());
    float[] found = tensor(file(header, data.array())).floats();
    String[] numbers = expected.split(" ", -1);
    assertEquals(numbers.length, found.length);
    for (int i = 0; i < numbers.length; i++) {
      assertEquals(Float.parseFloat(numbers[i]), found[i], type + " " + words[i]);
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,8]}} | must have 4 bytes, but has 8",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}} | must cover the data of 8 bytes, but end at 4",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}} | must begin where the one before ends, at 0, but begins at 4",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'b':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}} | at 4, but begins at 0",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} | Duplicate field 'a'",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[8,0]}} | ends at 0, before it begins at 8",
        "{'a':{'dtype':'F7','shape':[2],'data_offsets':[0,8]}} | elements of type F7",
        "{'a':{'dtype':'F32','shape':[-2],'data_offsets':[0,8]}} | whole numbers, but one is -2",
        "{'a':{'dtype':'F32','shape':[2.0],'data_offsets':[0,8]}} | whole numbers, but one is 2.0",
        "{'a':{'dtype':'F32','shape':[4294967296,4294967296],'data_offsets':[0,8]}} | does not fit its storage",
        "{'a':{'dtype':'F32','shape':[99999999999999999999],'data_offsets':[0,8]}} | whole numbers",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8],'x':1}} | must have dtype, shape and two data_offsets",
        "{'__metadata__':{'a':1},'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} | __metadata__ 'a' must be text",
        "{'__metadata__':['a'],'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} | __metadata__ must be a table of texts",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} x | damaged",
        "['a'] | must begin with '{'"
      })
  void refusesWhatTheFormatForbids(String header, String reason) {
    FormatException fault =
        assertThrows(
            FormatException.class, () -> WeightFile.read(ByteSource.of(file(header, new byte[8]))));
    assertTrue(fault.getMessage().contains(reason), fault.getMessage());
    assertEquals(1, fault.getMessage().lines().count());
  }

  @ParameterizedTest
  @CsvSource({"-1", "1", "100000001", "9223372036854775807"})
  void refusesALengthOfTheHeaderThatCannotBe(long length) {
    byte[] file = file(ONE, new byte[8]);
    ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
    FormatException fault =
        assertThrows(FormatException.class, () -> WeightFile.read(ByteSource.of(file)));
    assertTrue(fault.getMessage().contains("2 to 100,000,000 bytes"), fault.getMessage());
  }

  @Test
  void refusesAFileThatIsCutOff() {
    byte[] file = file(ONE, new byte[8]);
    for (int size = 0; size < file.length; size++) {
      byte[] part = Arrays.copyOf(file, size);
      assertThrows(FormatException.class, () -> WeightFile.read(ByteSource.of(part)));
    }
  }

  private static StoredTensor tensor(byte[] file) throws IOException {
    return WeightFile.read(ByteSource.of(file)).groups().get("").get("a");
  }

  private static byte[] file(String header, byte[] data) {
    byte[] text = header.replace('\'', '"').getBytes(UTF_8);
    return ByteBuffer.allocate(8 + text.length + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(text.length)
        .put(text)
        .put(data)
        .array();
  }
}
