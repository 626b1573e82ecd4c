package org.dinovmf.tools.inspect;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dinovmf.tools.inspect.Inspection.Tensor;
import org.dinovmf.training.checkpoint.CheckpointException;

/** An ONNX file, by the numbers of its fields in onnx.proto. */
final class OnnxFile {

  /** The elements of ONNX's TensorProto.DataType that weights have, with their bytes. */
  private static final Map<Long, String> TYPES =
      Map.of(
          1L,
          "float",
          2L,
          "uint8",
          3L,
          "int8",
          6L,
          "int32",
          7L,
          "int64",
          9L,
          "bool",
          10L,
          "half",
          11L,
          "double",
          16L,
          "bfloat16");

  private static final Map<String, Integer> BYTES =
      Map.of(
          "float",
          4,
          "uint8",
          1,
          "int8",
          1,
          "int32",
          4,
          "int64",
          8,
          "bool",
          1,
          "half",
          2,
          "double",
          8,
          "bfloat16",
          2);

  private OnnxFile() {}

  static Inspection inspect(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return of(file, UnknownFieldSet.parseFrom(in));
    } catch (InvalidProtocolBufferException e) {
      throw new CheckpointException(
          "'%s' is damaged: it is no protocol buffer of ONNX".formatted(file), e);
    }
  }

  private static Inspection of(Path file, UnknownFieldSet model) throws IOException {
    if (messages(model, 7).size() != 1) {
      throw new CheckpointException("'%s' is not ONNX: it must hold one graph".formatted(file));
    }
    UnknownFieldSet graph = messages(model, 7).get(0);
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("made by", "%s %s".formatted(text(model, 2), text(model, 3)).strip());
    for (UnknownFieldSet opset : messages(model, 8)) {
      String domain = text(opset, 1);
      facts.put(
          "operator set " + (domain.isEmpty() ? "ai.onnx" : domain),
          Long.toString(number(opset, 2)));
    }
    for (UnknownFieldSet property : messages(model, 14)) {
      facts.put("property " + text(property, 1), text(property, 2));
    }
    OnnxOps ops = OnnxOps.of(model);
    facts.put("ops", ops.counts().toString());
    messages(graph, 11).forEach(input -> facts.put("input " + text(input, 1), ""));
    messages(graph, 12).forEach(output -> facts.put("output " + text(output, 1), ""));
    List<Tensor> tensors = new ArrayList<>();
    for (UnknownFieldSet tensor : messages(graph, 5)) {
      tensors.add(tensor(file, tensor));
    }
    return new Inspection(
        "ONNX",
        file.toString(),
        facts,
        tensors,
        List.of(FileSum.of(file, file.getFileName().toString())),
        ops.flags());
  }

  private static Tensor tensor(Path file, UnknownFieldSet tensor) throws IOException {
    List<Long> shape = new ArrayList<>(tensor.getField(1).getVarintList());
    for (ByteString packed : tensor.getField(1).getLengthDelimitedList()) {
      CodedInputStream in = packed.newCodedInput();
      while (!in.isAtEnd()) {
        shape.add(in.readInt64());
      }
    }
    String type = TYPES.getOrDefault(number(tensor, 2), "type " + number(tensor, 2));
    long size = BYTES.getOrDefault(type, 0);
    try {
      for (long side : shape) {
        size = Math.multiplyExact(size, side);
      }
    } catch (ArithmeticException e) {
      throw new CheckpointException(
          "tensor '%s' of '%s' is too large to exist: %s".formatted(text(tensor, 8), file, shape),
          e);
    }
    return new Tensor(text(tensor, 8), type, shape, size);
  }

  static List<UnknownFieldSet> messages(UnknownFieldSet fields, int number)
      throws InvalidProtocolBufferException {
    List<UnknownFieldSet> messages = new ArrayList<>();
    for (ByteString bytes : fields.getField(number).getLengthDelimitedList()) {
      messages.add(UnknownFieldSet.parseFrom(bytes));
    }
    return messages;
  }

  static String text(UnknownFieldSet fields, int number) {
    List<ByteString> values = fields.getField(number).getLengthDelimitedList();
    return values.isEmpty() ? "" : values.get(values.size() - 1).toStringUtf8();
  }

  private static long number(UnknownFieldSet fields, int number) {
    List<Long> values = fields.getField(number).getVarintList();
    return values.isEmpty() ? 0 : values.get(values.size() - 1);
  }
}
