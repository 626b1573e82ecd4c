package org.dinovmf.training.loss;

import org.dinovmf.ops.TargetRows;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.types.family.TFloating;

/**
 * Cross-entropy between the teacher's and the student's distributions of the same patch of the same
 * crop, over the patches that were masked for the student; Zhou et al., "iBOT: Image BERT
 * Pre-Training with Online Tokenizer", ICLR 2022, eq. 2, averaged as in the published code: over
 * the masked patches of an image, then over all images, those without any included.
 */
public final class PatchLoss {

  /** One patch in so many, about the share that iBOT masks on the mean: for sizes alone. */
  private static final int MASKED = 6;

  private PatchLoss() {}

  /**
   * Mean over images of the mean over their masked patches.
   *
   * @param targets {@code [masked, prototypes]}
   * @param student the mixture that says the posteriors
   * @param y {@code [masked, dim]}
   * @param weights {@code [masked]}, see {@link MaskedPatches}
   * @param patches of all images, of which some are masked
   * @return scalar, nats; 0 where nothing is masked
   */
  public static <T extends TFloating> Operand<T> of(
      Ops tf,
      Operand<T> targets,
      TemperedMixture<T> student,
      Operand<T> y,
      Operand<T> weights,
      long patches) {
    Operand<T> one = tf.onesLike(weights);
    TargetRows<T> rows = new TargetRows<>(targets, (scope, given) -> given, one);
    int blockSize = TemperedMixture.blockSize(Math.max(1, patches / MASKED));
    return mean(tf, student.crossEntropy(tf, y, rows, blockSize), weights);
  }

  /**
   * The same mean of a value of each masked patch.
   *
   * @param values {@code [masked]}
   * @return scalar
   */
  public static <T extends TFloating> Operand<T> mean(
      Ops tf, Operand<T> values, Operand<T> weights) {
    return tf.reduceSum(tf.math.mul(values, weights), tf.constant(0), ReduceSum.keepDims(false));
  }
}
