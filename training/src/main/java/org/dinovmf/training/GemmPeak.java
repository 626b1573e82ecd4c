package org.dinovmf.training;

import java.time.Duration;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;

/** How fast TensorFlow multiplies large matrices here: what a step could reach at best. */
public final class GemmPeak {

  private static final int SIDE = 2048;

  private GemmPeak() {}

  /**
   * Floating-point operations per second of a product of float32 matrices, the fastest of several.
   *
   * @param config of the session, see {@link Devices}
   * @param time for how long it is tried
   */
  public static double flopsPerSecond(ConfigProto config, Duration time) {
    try (Graph graph = new Graph();
        TFloat32 ones = TFloat32.tensorOf(Shape.of(SIDE, SIDE))) {
      ones.scalars().forEach(scalar -> scalar.setFloat(1));
      Ops tf = Ops.create(graph);
      Placeholder<TFloat32> x =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(SIDE, SIDE)));
      Operand<TFloat32> product = tf.linalg.matMul(x, x);
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
