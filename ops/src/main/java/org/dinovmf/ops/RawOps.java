package org.dinovmf.ops;

import org.tensorflow.Operand;
import org.tensorflow.OperationBuilder;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Identity;
import org.tensorflow.types.family.TFloating;

/**
 * What TensorFlow's Java API does not offer, or not everywhere: the only place that names an op
 * type.
 */
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

  /**
   * {@code x @ weight + bias} as one op. The graph optimizer makes such ops as well; it has no
   * gradient.
   *
   * @param x {@code [rows, in]}, float32 or bfloat16
   * @param weight {@code [in, out]}
   * @param bias {@code [out]}
   * @return {@code [rows, out]}
   */
  static <T extends TFloating> Operand<T> fusedMatMul(
      Ops tf, Operand<T> x, Operand<T> weight, Operand<T> bias) {
    return tf.scope()
        .opBuilder("_FusedMatMul", "FusedMatMul")
        .addInput(x.asOutput())
        .addInput(weight.asOutput())
        .addInputList(new Output<?>[] {bias.asOutput()})
        .setAttr("fused_ops", new String[] {"BiasAdd"})
        .build()
        .output(0);
  }

  /**
   * The one result of a function of the graph, which XLA must compile. Named as an op, for a {@code
   * PartitionedCall} would run an executor of its own.
   *
   * @param function its name
   */
  static <T extends TFloating> Operand<T> compiledCall(
      Ops tf, String function, Operand<?>... inputs) {
    OperationBuilder builder = tf.scope().opBuilder(function, "compiled");
    for (Operand<?> input : inputs) {
      builder.addInput(input.asOutput());
    }
    return builder.setAttr("_XlaMustCompile", true).build().output(0);
  }

  /**
   * A value that is not there before others are. Its op has the control inputs itself, because
   * those of a scope are lost in the scopes of gradient functions.
   *
   * @param done what is waited for
   */
  static <T extends TFloating> Operand<T> after(
      Ops tf, Operand<T> value, Iterable<? extends Operand<?>> done) {
    OperationBuilder builder =
        tf.scope().opBuilder(Identity.OP_NAME, "after").addInput(value.asOutput());
    done.forEach(other -> builder.addControlInput(other.op()));
    return builder.build().output(0);
  }
}
