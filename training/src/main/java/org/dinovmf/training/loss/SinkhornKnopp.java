package org.dinovmf.training.loss;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceMax;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.types.family.TFloating;

/**
 * Targets in which each prototype has the same share of the batch: posteriors scaled in turns along
 * prototypes and rows; Caron et al., "Unsupervised Learning of Visual Features by Contrasting
 * Cluster Assignments", NeurIPS 2020, section 3.1, as DINOv2 applies it to a teacher.
 */
public final class SinkhornKnopp {

  /** Of SwAV and of DINOv2. */
  private static final int ITERATIONS = 3;

  private SinkhornKnopp() {}

  /**
   * Scales {@code exp(logits)}: prototypes to equal sums, then rows to 1, three times. It works on
   * logarithms, so that no logit is too large or too small for float32.
   *
   * @param logits over their temperature, normalizer included, {@code [rows, prototypes]}
   * @return {@code [rows, prototypes]}, rows sum to 1
   */
  public static <T extends TFloating> Operand<T> targets(Ops tf, Operand<T> logits) {
    Operand<T> balanced = logits;
    for (int i = 0; i < ITERATIONS; i++) {
      balanced = tf.math.sub(balanced, logSumExp(tf, balanced));
      balanced = tf.nn.logSoftmax(balanced);
    }
    return tf.math.exp(balanced);
  }

  /** Over the rows: {@code [1, prototypes]}. */
  private static <T extends TFloating> Operand<T> logSumExp(Ops tf, Operand<T> x) {
    Operand<T> largest = tf.reduceMax(x, tf.constant(0), ReduceMax.keepDims(true));
    Operand<T> sum =
        tf.reduceSum(
            tf.math.exp(tf.math.sub(x, largest)), tf.constant(0), ReduceSum.keepDims(true));
    return tf.math.add(tf.math.log(sum), largest);
  }
}
