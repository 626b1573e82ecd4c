package org.dinovmf.savedmodel.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A graph of the ONNX format under construction: constants and nodes, each known by the name of its
 * value. Field numbers are those of {@code onnx.proto}, version 1.12 and later.
 */
final class OnnxGraph {

  /** Of the operators; the first with LayerNormalization. */
  static final int OPSET = 17;

  /** Of the format, the one that came with these operators. */
  private static final int IR_VERSION = 8;

  private static final int FLOAT = 1;
  private static final int INT64 = 7;

  private final Proto graph = new Proto();
  private int names;

  /** An attribute of a node. */
  record Attribute(Proto proto) {

    private static final int KIND_FLOAT = 1;
    private static final int KIND_INT = 2;
    private static final int KIND_INTS = 7;

    static Attribute of(String name, long value) {
      return new Attribute(new Proto().text(1, name).number(3, value).number(20, KIND_INT));
    }

    static Attribute of(String name, float value) {
      return new Attribute(new Proto().text(1, name).real(2, value).number(20, KIND_FLOAT));
    }

    static Attribute of(String name, long... values) {
      Proto proto = new Proto().text(1, name);
      for (long value : values) {
        proto.number(8, value);
      }
      return new Attribute(proto.number(20, KIND_INTS));
    }
  }

  /** A float32 constant under a name of its own. */
  String constant(String name, float[] values, long... shape) {
    ByteBuffer raw =
        ByteBuffer.allocate(Math.multiplyExact(Float.BYTES, values.length))
            .order(ByteOrder.LITTLE_ENDIAN);
    raw.asFloatBuffer().put(values);
    return tensor(name, FLOAT, raw.array(), shape);
  }

  /** A float32 scalar. */
  String scalar(double value) {
    return constant(name("scalar"), new float[] {(float) value});
  }

  /** A constant vector of whole numbers. */
  String integers(long... values) {
    ByteBuffer raw = ByteBuffer.allocate(Long.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    raw.asLongBuffer().put(values);
    return tensor(name("integers"), INT64, raw.array(), values.length);
  }

  /** A whole number by which a node picks. */
  String index(long value) {
    ByteBuffer raw = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    return tensor(name("index"), INT64, raw.putLong(0, value).array());
  }

  /** A node with one output, whose name comes back. */
  String node(String type, List<String> inputs, Attribute... attributes) {
    String output = name(type);
    node(type, inputs, output, attributes);
    return output;
  }

  /** A node whose output has the given name. */
  void node(String type, List<String> inputs, String output, Attribute... attributes) {
    Proto node = new Proto();
    inputs.forEach(input -> node.text(1, input));
    node.text(2, output).text(3, output).text(4, type);
    for (Attribute attribute : attributes) {
      node.message(5, attribute.proto());
    }
    graph.message(1, node);
  }

  /**
   * Declares an input, float32 {@code [N, ...]} with a free N.
   *
   * @param sizes of the axes after the first
   */
  void input(String name, long... sizes) {
    graph.message(11, value(name, sizes));
  }

  /** Declares an output in the same way. */
  void output(String name, long... sizes) {
    graph.message(12, value(name, sizes));
  }

  /**
   * The model as the bytes of a file; nothing can be added afterwards.
   *
   * @param producer the program that writes it
   */
  byte[] model(String producer) {
    graph.text(2, "encoder");
    return new Proto()
        .number(1, IR_VERSION)
        .text(2, producer)
        .message(8, new Proto().text(1, "").number(2, OPSET))
        .message(7, graph)
        .toBytes();
  }

  private String tensor(String name, int type, byte[] raw, long... shape) {
    Proto tensor = new Proto();
    for (long size : shape) {
      tensor.number(1, size);
    }
    graph.message(5, tensor.number(2, type).text(8, name).data(9, raw));
    return name;
  }

  private static Proto value(String name, long... sizes) {
    Proto shape = new Proto().message(1, new Proto().text(2, "N"));
    for (long size : sizes) {
      shape.message(1, new Proto().number(1, size));
    }
    Proto tensor = new Proto().number(1, FLOAT).message(2, shape);
    return new Proto().text(1, name).message(2, new Proto().message(1, tensor));
  }

  private String name(String start) {
    names++;
    return start + "_" + names;
  }
}
