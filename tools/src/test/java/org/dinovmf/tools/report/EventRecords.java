package org.dinovmf.tools.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.proto.Event;

/** Reads event files with a checksum of its own, computed bit by bit from the polynomial. */
final class EventRecords {

  private EventRecords() {}

  static List<Event> read(Path file) throws IOException {
    List<Event> events = new ArrayList<>();
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      int start = bytes.position();
      int length = Math.toIntExact(bytes.getLong());
      assertEquals(
          masked(Arrays.copyOfRange(bytes.array(), start, start + 8)), bytes.getInt(), "length");
      byte[] data = new byte[length];
      bytes.get(data);
      assertEquals(masked(data), bytes.getInt(), "data");
      events.add(Event.parseFrom(data));
    }
    return events;
  }

  /** Castagnoli's polynomial, bits reversed; the rotation and the constant are TFRecord's. */
  static int masked(byte[] data) {
    int crc = ~0;
    for (byte next : data) {
      crc ^= Byte.toUnsignedInt(next);
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc >>> 1) ^ ((crc & 1) == 0 ? 0 : 0x82f63b78);
      }
    }
    crc = ~crc;
    return ((crc >>> 15) | (crc << 17)) + 0xa282ead8;
  }
}
