package org.dinovmf.training.weights;

import java.nio.ByteBuffer;

/** Element types of stored tensors, under the names of safetensors. */
public enum ElementType {
  F64(8, "DoubleStorage") {
    @Override
    double read(ByteBuffer data, int index) {
      return data.getDouble(8 * index);
    }
  },
  F32(4, "FloatStorage") {
    @Override
    double read(ByteBuffer data, int index) {
      return data.getFloat(4 * index);
    }
  },
  /** IEEE 754 half precision. */
  F16(2, "HalfStorage") {
    @Override
    double read(ByteBuffer data, int index) {
      return half(data.getShort(2 * index));
    }
  },
  /** The upper half of a float32. */
  BF16(2, "BFloat16Storage") {
    @Override
    double read(ByteBuffer data, int index) {
      return Float.intBitsToFloat(data.getShort(2 * index) << 16);
    }
  },
  I64(8, "LongStorage") {
    @Override
    double read(ByteBuffer data, int index) {
      return data.getLong(8 * index);
    }
  },
  I32(4, "IntStorage") {
    @Override
    double read(ByteBuffer data, int index) {
      return data.getInt(4 * index);
    }
  },
  I16(2, "ShortStorage") {
    @Override
    double read(ByteBuffer data, int index) {
      return data.getShort(2 * index);
    }
  },
  I8(1, "CharStorage") {
    @Override
    double read(ByteBuffer data, int index) {
      return data.get(index);
    }
  },
  U8(1, "ByteStorage") {
    @Override
    double read(ByteBuffer data, int index) {
      return Byte.toUnsignedInt(data.get(index));
    }
  },
  BOOL(1, "BoolStorage") {
    @Override
    double read(ByteBuffer data, int index) {
      return data.get(index) == 0 ? 0 : 1;
    }
  };

  private static final int HALF_FRACTION_BITS = 10;
  private static final int HALF_MAX_EXPONENT = 31;
  private static final int HALF_BIAS = 15;

  private final int bytes;
  private final String torchStorage;

  ElementType(int bytes, String torchStorage) {
    this.bytes = bytes;
    this.torchStorage = torchStorage;
  }

  /** Bytes of an element. */
  public int bytes() {
    return bytes;
  }

  /** PyTorch's class for storages of this type. */
  String torchStorage() {
    return torchStorage;
  }

  /** The element of an index; exact but for whole numbers beyond 2^53. */
  abstract double read(ByteBuffer data, int index);

  private static double half(short bits) {
    int exponent = bits >> HALF_FRACTION_BITS & HALF_MAX_EXPONENT;
    int fraction = bits & (1 << HALF_FRACTION_BITS) - 1;
    double magnitude;
    if (exponent == 0) {
      magnitude = Math.scalb((double) fraction, 1 - HALF_BIAS - HALF_FRACTION_BITS);
    } else if (exponent == HALF_MAX_EXPONENT) {
      magnitude = fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
    } else {
      double significand = fraction + (1 << HALF_FRACTION_BITS);
      magnitude = Math.scalb(significand, exponent - HALF_BIAS - HALF_FRACTION_BITS);
    }
    return bits < 0 ? -magnitude : magnitude;
  }
}
