package org.dinovmf.ops;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/** The ops of TensorFlow that its Java API does not offer: the only place that names an op type. */
final class RawOps {

  private RawOps() {}

  /**
   * Product of each pair of matrices, {@code op(x) @ op(y)}, where {@code op} transposes the last
   * two axes on request.
   *
   * <p>An op of version 2: oneDNN serves it, and not the version 3 that {@code
   * tf.train.batchMatMul} makes, which takes about six times as long. Its registered gradient is of
   * version 3 again, so training declares its own.
   *
   * @param x {@code [..., rows, inner]}, before the transposition {@code [..., inner, rows]}
   * @param y {@code [..., inner, columns]}, before the transposition {@code [..., columns, inner]}
   * @return {@code [..., rows, columns]}
   */
  static <T extends TFloating> Operand<T> batchMatMul(
      Ops tf, Operand<T> x, Operand<T> y, boolean transposeX, boolean transposeY) {
    return tf.scope()
        .opBuilder("BatchMatMulV2", "BatchMatMulV2")
        .addInput(x.asOutput())
        .addInput(y.asOutput())
        .setAttr("adj_x", transposeX)
        .setAttr("adj_y", transposeY)
        .build()
        .output(0);
  }
}
