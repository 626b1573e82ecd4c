package org.dinovmf.savedmodel.onnx;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * A protocol buffer message, written field by field. The few messages of ONNX need no generated
 * classes; a field's number is a fact of the format.
 */
final class Proto {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final CodedOutputStream out = CodedOutputStream.newInstance(bytes);

  /** One write of a field. */
  @FunctionalInterface
  private interface Write {
    void run() throws IOException;
  }

  Proto number(int field, long value) {
    return write(() -> out.writeInt64(field, value));
  }

  Proto real(int field, float value) {
    return write(() -> out.writeFloat(field, value));
  }

  Proto text(int field, String value) {
    return write(() -> out.writeString(field, value));
  }

  Proto data(int field, byte[] value) {
    return write(() -> out.writeByteArray(field, value));
  }

  Proto message(int field, Proto value) {
    return data(field, value.toBytes());
  }

  byte[] toBytes() {
    write(out::flush);
    return bytes.toByteArray();
  }

  private Proto write(Write step) {
    try {
      step.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory, which does not fail so
    }
    return this;
  }
}
