package org.dinovmf.savedmodel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorProto;

/**
 * The file is parsed and its requests are run by Python's TensorFlow in the project's whole check.
 */
final class WarmupFileTest {

  @TempDir private static Path folder;

  private static Path version;

  @BeforeAll
  static void export() throws IOException {
    Path weights = folder.resolve("weights");
    try (TeacherCheckpoint teacher = new TeacherCheckpoint()) {
      teacher.save(weights);
    }
    version = TeacherCheckpoint.export(weights, folder.resolve("photos"));
  }

  @Test
  void hasARequestAndItsResponseForEachSignature() throws IOException {
    ByteBuffer file =
        ByteBuffer.wrap(Files.readAllBytes(version.resolve(WarmupFile.REQUESTS)))
            .order(ByteOrder.LITTLE_ENDIAN);
    Set<String> signatures = new TreeSet<>();
    while (file.hasRemaining()) {
      byte[] length = bytes(file, Long.BYTES);
      assertArrayEquals(WarmupFile.checksum(length), bytes(file, Integer.BYTES));
      byte[] data =
          bytes(file, (int) ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong());
      assertArrayEquals(WarmupFile.checksum(data), bytes(file, Integer.BYTES));
      UnknownFieldSet predictLog = message(UnknownFieldSet.parseFrom(data), 6);
      UnknownFieldSet modelSpec = message(message(predictLog, 1), 1);
      assertEquals("photos", text(modelSpec, 1));
      String signature = text(modelSpec, 3);
      signatures.add(signature);
      if (signature.equals("from_pixels")) {
        UnknownFieldSet output = message(message(predictLog, 2), 1);
        assertEquals("embedding", text(output, 1));
        TensorProto embedding = TensorProto.parseFrom(message(output, 2).toByteString());
        assertEquals(DataType.DT_FLOAT, embedding.getDtype());
        assertEquals(24 * Float.BYTES, embedding.getTensorContent().size());
      }
    }
    assertEquals(
        Set.of(
            "assign",
            "attention",
            "from_bytes_oriented",
            "from_pixels",
            "from_pixels_uint8",
            "serving_default",
            "tokens"),
        signatures);
  }

  @Test
  void hasARequestThatTheEncoderEmbeds() throws IOException {
    String request = Files.readString(version.resolve(WarmupFile.REST));
    String start = "{\"instances\": [{\"image_bytes\": {\"b64\": \"";
    assertEquals(start, request.substring(0, start.length()));
    String base64 = request.substring(start.length(), request.indexOf('"', start.length()));
    try (Encoder encoder = Encoder.load(version, 1)) {
      assertFalse(Float.isNaN(encoder.embed(Base64.getDecoder().decode(base64))[0][0]));
    }
  }

  /** The value that RFC 3720, appendix B.4, gives for 32 bytes of zeros, masked. */
  @Test
  void masksTheChecksum() {
    int crc = 0x8a9136aa;
    int masked = (crc >>> 15 | crc << 17) + 0xa282ead8;
    assertEquals(
        masked,
        ByteBuffer.wrap(WarmupFile.checksum(new byte[32])).order(ByteOrder.LITTLE_ENDIAN).getInt());
  }

  private static byte[] bytes(ByteBuffer file, int count) {
    byte[] bytes = new byte[count];
    file.get(bytes);
    return bytes;
  }

  private static UnknownFieldSet message(UnknownFieldSet fields, int number) throws IOException {
    return UnknownFieldSet.parseFrom(data(fields, number));
  }

  private static String text(UnknownFieldSet fields, int number) {
    return data(fields, number).toStringUtf8();
  }

  private static ByteString data(UnknownFieldSet fields, int number) {
    return fields.getField(number).getLengthDelimitedList().get(0);
  }
}
