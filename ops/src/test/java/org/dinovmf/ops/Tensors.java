package org.dinovmf.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.tensorflow.Tensor;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

/** Values out of tensors, and comparison relative to the largest. */
public final class Tensors {

  private Tensors() {}

  /** Row-major values, widened to double. */
  public static double[] doubles(Tensor tensor) {
    double[] values = new double[(int) tensor.size()];
    if (tensor instanceof TFloat64 wide) {
      wide.copyTo(DataBuffers.of(values, false, false));
      return values;
    }
    float[] narrow = new float[values.length];
    ((TFloat32) tensor).copyTo(DataBuffers.of(narrow, false, false));
    for (int i = 0; i < values.length; i++) {
      values[i] = narrow[i];
    }
    return values;
  }

  /** Asserts that the largest difference is within {@code tolerance} times the largest value. */
  public static void assertClose(String name, double[] expected, double[] found, double tolerance) {
    assertEquals(expected.length, found.length, name);
    double largest = 0;
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      worst = Math.max(worst, Math.abs(expected[i] - found[i]));
    }
    assertEquals(0, worst, tolerance * largest, name);
  }
}
