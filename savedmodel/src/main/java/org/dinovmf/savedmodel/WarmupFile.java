package org.dinovmf.savedmodel;

import com.google.common.hash.Hashing;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TString;
import org.tensorflow.types.TUint8;

/**
 * One request for each signature, with its response, where TensorFlow Serving looks for requests to
 * warm up with: a file of TFRecords, each a {@code PredictionLog}; and a request for {@code curl}.
 *
 * <p>The responses are of no use to the server, but let anyone check an installation.
 */
final class WarmupFile {

  static final Path REQUESTS = Path.of("assets.extra", "tf_serving_warmup_requests");
  static final Path REST = Path.of("assets.extra", "request.json");

  /** Added to a rotated checksum; TensorFlow's record_writer. */
  private static final int CRC_MASK = 0xa282ead8;

  private WarmupFile() {}

  /**
   * Writes both files.
   *
   * @param model the name by which the model is served
   */
  static void write(Path version, EncoderSession source, EncoderSpec spec, String model)
      throws IOException {
    byte[] image = ExportCheck.randomImage(spec.transform().resize() + 1, spec.channels());
    int crop = spec.transform().crop();
    Shape shape = Shape.of(1, crop, crop, spec.channels().count());
    byte[] levels = new byte[(int) shape.size()];
    float[] pixels = new float[levels.length];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = (byte) (i * 7 + i / 3); // no two neighbors alike, in any row
      pixels[i] = (levels[i] & 0xff) / 255f;
    }
    ByteArrayOutputStream records = new ByteArrayOutputStream();
    try (TString files = TensorRows.bytes(new byte[][] {image});
        TInt32 orientations = TInt32.vectorOf(6);
        TFloat32 fractions = TFloat32.tensorOf(shape, DataBuffers.of(pixels, true, false));
        TUint8 bytes = TUint8.tensorOf(shape, DataBuffers.of(levels, true, false))) {
      for (Endpoint endpoint : source.encoder().exported()) {
        Map<String, Tensor> inputs = new HashMap<>();
        for (Map.Entry<String, Operand<?>> input : endpoint.inputs().entrySet()) {
          Tensor value =
              switch (input.getKey()) {
                case Signatures.IMAGE_BYTES -> files;
                case Signatures.ORIENTATION -> orientations;
                case Signatures.PIXELS ->
                    endpoint.ability() == Ability.PIXELS_UINT8 ? bytes : fractions;
                default -> throw new IllegalStateException("no value for " + input.getKey());
              };
          inputs.put(input.getKey(), value);
        }
        append(records, log(source.session(), endpoint, inputs, image, model));
      }
    }
    Files.write(version.resolve(REQUESTS), records.toByteArray());
    Files.writeString(
        version.resolve(REST),
        "{\"instances\": [{\"%s\": {\"b64\": \"%s\"}}]}%n"
            .formatted(Signatures.IMAGE_BYTES, Base64.getEncoder().encodeToString(image)));
  }

  /** A {@code PredictionLog} with its {@code predict_log}. */
  private static byte[] log(
      Session session, Endpoint endpoint, Map<String, Tensor> inputs, byte[] image, String model)
      throws IOException {
    byte[] modelSpec =
        message(
            out -> {
              out.writeString(1, model);
              out.writeString(3, endpoint.ability().key());
            });
    byte[] request =
        message(
            out -> {
              out.writeByteArray(1, modelSpec);
              for (Map.Entry<String, Tensor> input : inputs.entrySet()) {
                TensorProto value =
                    input.getValue() instanceof TString
                        ? TensorProto.newBuilder()
                            .setDtype(DataType.DT_STRING)
                            .setTensorShape(shape(Shape.of(1)))
                            .addStringVal(ByteString.copyFrom(image))
                            .build()
                        : proto(input.getValue());
                out.writeByteArray(2, entry(input.getKey(), value));
              }
            });
    Session.Runner runner = session.runner();
    inputs.forEach((name, value) -> runner.feed(endpoint.inputs().get(name), value));
    endpoint.outputs().values().forEach(runner::fetch);
    byte[] response;
    try (Result result = runner.run()) {
      int index = 0;
      ByteArrayOutputStream outputs = new ByteArrayOutputStream();
      for (String name : endpoint.outputs().keySet()) {
        byte[] entry = entry(name, proto(result.get(index)));
        outputs.writeBytes(message(out -> out.writeByteArray(1, entry)));
        index++;
      }
      outputs.writeBytes(message(out -> out.writeByteArray(2, modelSpec)));
      response = outputs.toByteArray();
    }
    byte[] predictLog =
        message(
            out -> {
              out.writeByteArray(1, request);
              out.writeByteArray(2, response);
            });
    return message(out -> out.writeByteArray(6, predictLog));
  }

  private static TensorProto proto(Tensor tensor) {
    if (tensor instanceof TString strings) {
      TensorProto.Builder proto = TensorProto.newBuilder().setDtype(DataType.DT_STRING);
      strings.asBytes().scalars().forEach(text -> proto.addStringVal(bytes(text.getObject())));
      return proto.setTensorShape(shape(tensor.shape())).build();
    }
    byte[] content = new byte[Math.toIntExact(tensor.numBytes())];
    tensor.asRawTensor().data().read(content);
    return TensorProto.newBuilder()
        .setDtype(DataType.forNumber(tensor.dataType().getNumber()))
        .setTensorShape(shape(tensor.shape()))
        .setTensorContent(ByteString.copyFrom(content))
        .build();
  }

  private static ByteString bytes(byte[] text) {
    return ByteString.copyFrom(text);
  }

  private static TensorShapeProto shape(Shape shape) {
    TensorShapeProto.Builder proto = TensorShapeProto.newBuilder();
    for (long size : shape.asArray()) {
      proto.addDimBuilder().setSize(size);
    }
    return proto.build();
  }

  /** An entry of a map from names to tensors. */
  private static byte[] entry(String name, TensorProto value) throws IOException {
    return message(
        out -> {
          out.writeString(1, name);
          out.writeMessage(2, value);
        });
  }

  /** Writes the fields of a message. */
  @FunctionalInterface
  private interface Fields {
    void write(CodedOutputStream out) throws IOException;
  }

  private static byte[] message(Fields fields) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    fields.write(out);
    out.flush();
    return bytes.toByteArray();
  }

  /** A TFRecord: length, its checksum, data, its checksum. */
  private static void append(ByteArrayOutputStream records, byte[] data) {
    byte[] length =
        ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(data.length).array();
    records.writeBytes(length);
    records.writeBytes(checksum(length));
    records.writeBytes(data);
    records.writeBytes(checksum(data));
  }

  static byte[] checksum(byte[] data) {
    int crc = Hashing.crc32c().hashBytes(data).asInt();
    int masked = Integer.rotateRight(crc, 15) + CRC_MASK;
    return ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(masked).array();
  }
}
