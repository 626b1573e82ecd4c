package org.dinovmf.training.weights;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes float32 tensors as safetensors, with a header padded so that the data is aligned. */
final class SafetensorsWriter {

  private static final int ALIGNMENT = 8;
  private static final JsonMapper JSON = new JsonMapper();

  private SafetensorsWriter() {}

  /** Writes a whole file to a stream, which stays the caller's to close. */
  static void write(OutputStream stream, List<NamedTensor> tensors, Map<String, String> metadata)
      throws IOException {
    ObjectNode header = JSON.createObjectNode();
    header.set(SafetensorsReader.METADATA, JSON.valueToTree(new TreeMap<>(metadata)));
    long position = 0;
    for (NamedTensor tensor : tensors) {
      ObjectNode entry = header.putObject(tensor.name());
      entry.put("dtype", ElementType.F32.name());
      entry.set("shape", JSON.valueToTree(tensor.shape().asArray()));
      long end = position + tensor.bytes();
      entry.set("data_offsets", JSON.valueToTree(new long[] {position, end}));
      position = end;
    }
    byte[] text = JSON.writeValueAsBytes(header);
    int padded = (text.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    byte[] padding = new byte[padded - text.length];
    Arrays.fill(padding, (byte) ' ');

    DataOutputStream out = new DataOutputStream(new BufferedOutputStream(stream));
    out.writeLong(Long.reverseBytes(padded));
    out.write(text);
    out.write(padding);
    for (NamedTensor tensor : tensors) {
      tensor.writeTo(out);
    }
    out.flush();
  }
}
