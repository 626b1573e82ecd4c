package org.dinovmf.training.weights;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.tensorflow.ndarray.Shape;

/** Writes the few kinds of values that a checkpoint of tensors consists of, protocol 2. */
final class PickleWriter {

  private static final int PROTOCOL = 2;
  private static final int BYTE_LIMIT = 256;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  PickleWriter() {
    op(PickleOp.PROTO);
    out.write(PROTOCOL);
  }

  /** Begins a dictionary; keys and values follow by turns. */
  void beginTable() {
    op(PickleOp.EMPTY_DICT);
    op(PickleOp.MARK);
  }

  /** Ends the dictionary that was begun last. */
  void endTable() {
    op(PickleOp.SETITEMS);
  }

  void text(String value) {
    byte[] bytes = value.getBytes(UTF_8);
    op(PickleOp.BINUNICODE);
    signedInt(bytes.length);
    out.writeBytes(bytes);
  }

  /** A whole number of at most 64 bits. */
  void whole(long value) {
    if (value >= 0 && value < BYTE_LIMIT) {
      op(PickleOp.BININT1);
      out.write((int) value);
    } else if (value == (int) value) {
      op(PickleOp.BININT);
      signedInt((int) value);
    } else {
      op(PickleOp.LONG1);
      out.write(Long.BYTES);
      out.writeBytes(
          ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
    }
  }

  /** A tensor of float32 in row-major order that has a storage of its own. */
  void tensor(String key, Shape shape) {
    name(PickleName.REBUILD_TENSOR_V2);
    op(PickleOp.MARK);
    op(PickleOp.MARK);
    text("storage");
    name(PickleName.FLOAT_STORAGE);
    text(key);
    text("cpu");
    whole(shape.size());
    op(PickleOp.TUPLE);
    op(PickleOp.BINPERSID);
    whole(0);
    long[] sizes = shape.asArray();
    wholes(sizes);
    wholes(strides(sizes));
    op(PickleOp.NEWFALSE); // needs no gradient
    name(PickleName.ORDERED_DICT); // no hooks
    op(PickleOp.EMPTY_TUPLE);
    op(PickleOp.REDUCE);
    op(PickleOp.TUPLE);
    op(PickleOp.REDUCE);
  }

  /** The finished pickle. */
  byte[] finish() {
    op(PickleOp.STOP);
    return out.toByteArray();
  }

  private static long[] strides(long[] sizes) {
    long[] strides = new long[sizes.length];
    long stride = 1;
    for (int axis = sizes.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= sizes[axis];
    }
    return strides;
  }

  private void wholes(long[] values) {
    op(PickleOp.MARK);
    for (long value : values) {
      whole(value);
    }
    op(PickleOp.TUPLE);
  }

  private void name(PickleName name) {
    op(PickleOp.GLOBAL);
    out.writeBytes((name.module() + "\n" + name.local() + "\n").getBytes(US_ASCII));
  }

  private void op(PickleOp op) {
    out.write(op.code());
  }

  private void signedInt(int value) {
    out.writeBytes(
        ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
  }
}
