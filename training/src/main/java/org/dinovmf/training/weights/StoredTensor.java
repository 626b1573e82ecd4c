package org.dinovmf.training.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.tensorflow.ndarray.Shape;

/**
 * A tensor that lies in a file and is read when it is asked for.
 *
 * @param offset first element within the storage
 * @param strides elements between neighbors along each axis
 */
public record StoredTensor(
    ElementType type, Shape shape, Storage storage, long offset, List<Long> strides) {

  private static final int CHUNK_BYTES = 1 << 16;

  /** The longest array of a JVM. */
  private static final int MAX_ELEMENTS = Integer.MAX_VALUE - 8;

  /**
   * Elements in one piece, which several tensors may share.
   *
   * @param position of the first byte
   * @param bytes of all elements
   */
  record Storage(ByteSource source, long position, long bytes, ByteOrder order) {

    private ByteBuffer read(long first, int count) throws IOException {
      ByteBuffer buffer = ByteBuffer.allocate(count).order(order);
      source.read(position + first, buffer);
      return buffer.flip();
    }
  }

  public StoredTensor {
    strides = List.copyOf(strides);
  }

  /**
   * Checks that a tensor lies inside its storage and has no more elements than this, so that its
   * values take no more room than the file times a constant.
   */
  static StoredTensor of(
      ElementType type, List<Long> shape, Storage storage, long offset, List<Long> strides)
      throws FormatException {
    if (strides.size() != shape.size()) {
      throw new FormatException(
          "a tensor of %d axes has %d strides".formatted(shape.size(), strides.size()));
    }
    long elements = storage.bytes() / type.bytes();
    long size = 1;
    long last = offset;
    boolean isNegative = offset < 0;
    for (int axis = 0; axis < shape.size(); axis++) {
      isNegative |= shape.get(axis) < 0 || strides.get(axis) < 0;
      size = saturatedMultiply(size, Math.max(0, shape.get(axis)));
      long steps = Math.max(0, shape.get(axis) - 1);
      last = saturatedAdd(last, saturatedMultiply(steps, Math.max(0, strides.get(axis))));
    }
    boolean isInside = size <= elements && (size == 0 || last < elements);
    if (isNegative || !isInside || size > MAX_ELEMENTS) {
      throw new FormatException(
          "a tensor of shape %s, strides %s and offset %d does not fit its storage of %d elements"
              .formatted(shape, strides, offset, elements));
    }
    long[] sizes = shape.stream().mapToLong(Long::longValue).toArray();
    return new StoredTensor(type, Shape.of(sizes), storage, offset, strides);
  }

  /** A tensor whose elements follow each other in row-major order. */
  static StoredTensor contiguous(ElementType type, List<Long> shape, Storage storage)
      throws FormatException {
    return of(type, shape, storage, 0, rowMajor(shape));
  }

  private static List<Long> rowMajor(List<Long> shape) {
    Long[] strides = new Long[shape.size()];
    long stride = 1;
    for (int axis = strides.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride = saturatedMultiply(stride, Math.max(1, shape.get(axis)));
    }
    return List.of(strides);
  }

  private static long saturatedMultiply(long a, long b) {
    return Math.multiplyHigh(a, b) == 0 && a * b >= 0 ? a * b : Long.MAX_VALUE;
  }

  private static long saturatedAdd(long a, long b) {
    return a + b < 0 ? Long.MAX_VALUE : a + b;
  }

  /** The values in row-major order; double precision is rounded. */
  public float[] floats() throws IOException {
    float[] values = new float[(int) shape.size()];
    List<Long> sizes = List.of(box(shape.asArray()));
    if (values.length > 0) {
      if (strides.equals(rowMajor(sizes))) {
        readContiguous(values);
      } else {
        readStrided(values);
      }
    }
    return values;
  }

  private static Long[] box(long[] sizes) {
    Long[] boxed = new Long[sizes.length];
    for (int i = 0; i < sizes.length; i++) {
      boxed[i] = sizes[i];
    }
    return boxed;
  }

  private void readContiguous(float[] values) throws IOException {
    int step = CHUNK_BYTES / type.bytes();
    for (int first = 0; first < values.length; first += step) {
      int count = Math.min(step, values.length - first);
      ByteBuffer chunk = storage.read((offset + first) * type.bytes(), count * type.bytes());
      for (int i = 0; i < count; i++) {
        values[first + i] = (float) type.read(chunk, i);
      }
    }
  }

  /** Reads what lies between the first and the last element, which is part of the file. */
  private void readStrided(float[] values) throws IOException {
    long span = 1;
    for (int axis = 0; axis < strides.size(); axis++) {
      span += (shape.get(axis) - 1) * strides.get(axis);
    }
    if (span * type.bytes() > MAX_ELEMENTS) {
      throw new FormatException(
          "a tensor of shape %s is spread over %d elements, too many to read"
              .formatted(shape, span));
    }
    ByteBuffer all = storage.read(offset * type.bytes(), (int) (span * type.bytes()));
    long[] index = new long[strides.size()];
    for (int i = 0; i < values.length; i++) {
      long at = 0;
      for (int axis = 0; axis < index.length; axis++) {
        at += index[axis] * strides.get(axis);
      }
      values[i] = (float) type.read(all, (int) at);
      for (int axis = index.length - 1; axis >= 0 && ++index[axis] == shape.get(axis); axis--) {
        index[axis] = 0;
      }
    }
  }
}
