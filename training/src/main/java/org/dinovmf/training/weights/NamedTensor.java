package org.dinovmf.training.weights;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.tensorflow.ndarray.Shape;

/** A float32 tensor to be written. */
final class NamedTensor {

  private static final int CHUNK = 1 << 14;

  private final String name;
  private final Shape shape;
  private final float[] values;

  /**
   * A tensor.
   *
   * @param values in row-major order, as many as the shape has
   */
  NamedTensor(String name, Shape shape, float[] values) {
    if (shape.size() != values.length) {
      throw new IllegalArgumentException(
          "tensor '%s' of shape %s must have %d values but has %d"
              .formatted(name, shape, shape.size(), values.length));
    }
    this.name = name;
    this.shape = shape;
    this.values = values;
  }

  String name() {
    return name;
  }

  /** The same values under a longer name. */
  NamedTensor below(String prefix) {
    return named(prefix + name);
  }

  /** The same values under another name. */
  NamedTensor named(String other) {
    return new NamedTensor(other, shape, values);
  }

  Shape shape() {
    return shape;
  }

  long bytes() {
    return (long) values.length * Float.BYTES;
  }

  /** The values as little-endian bytes. */
  void writeTo(OutputStream out) throws IOException {
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int first = 0; first < values.length; first += CHUNK) {
      int count = Math.min(CHUNK, values.length - first);
      chunk.clear();
      chunk.asFloatBuffer().put(values, first, count);
      out.write(chunk.array(), 0, count * Float.BYTES);
    }
  }
}
