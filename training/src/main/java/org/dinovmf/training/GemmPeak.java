package org.dinovmf.training;

import java.time.Duration;
import org.dinovmf.ops.Precision;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.FloatNdArray;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;

/** How fast TensorFlow multiplies large matrices here: what a step could reach at best. */
public final class GemmPeak {

  private static final int SIDE = 2048;

  private GemmPeak() {}

  /**
   * Floating-point operations per second of a product of matrices, the fastest of several.
   *
   * @param config of the session, see {@link Devices}
   * @param time for how long it is tried
   * @param precision of the factors
   */
  public static double flopsPerSecond(ConfigProto config, Duration time, Precision precision) {
    Shape shape = Shape.of(SIDE, SIDE);
    return switch (precision) {
      case FLOAT32 -> flopsPerSecond(config, time, TFloat32.class, TFloat32.tensorOf(shape));
      case BFLOAT16 -> flopsPerSecond(config, time, TBfloat16.class, TBfloat16.tensorOf(shape));
    };
  }

  /** Of a square matrix with itself, which is closed. */
  private static <T extends TFloating & FloatNdArray> double flopsPerSecond(
      ConfigProto config, Duration time, Class<T> type, T matrix) {
    try (Graph graph = new Graph();
        T ones = matrix) {
      ones.scalars().forEach(scalar -> scalar.setFloat(1));
      Ops tf = Ops.create(graph);
      Placeholder<T> x = tf.placeholder(type, Placeholder.shape(ones.shape()));
      Operand<T> product = tf.linalg.matMul(x, x);
      try (Session session = new Session(graph, config)) {
        long fastest = Long.MAX_VALUE;
        long end = System.nanoTime() + time.toNanos();
        do {
          long begin = System.nanoTime();
          session.runner().feed(x, ones).addTarget(product.op()).run().close();
          fastest = Math.min(fastest, System.nanoTime() - begin);
        } while (System.nanoTime() < end);
        return 2.0 * SIDE * SIDE * SIDE / (fastest / 1e9);
      }
    }
  }
}
