package org.dinovmf.training.loss;

import java.util.Optional;
import org.dinovmf.ops.Kernels;
import org.dinovmf.ops.Nn;
import org.dinovmf.ops.TargetRows;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/**
 * A mixture of the student at its temperature: the logit of prototype k is {@code w_k.y /
 * temperature}, plus the normalizer where there is one.
 *
 * @param vectors {@code w_k}, {@code [prototypes, dim]}
 * @param temperature scalar
 * @param logNormalizer {@code [prototypes]}, where the prototypes have one
 */
public record Scores<T extends TFloating>(
    Kernels kernels,
    Operand<T> vectors,
    Operand<T> temperature,
    Optional<Operand<T>> logNormalizer) {

  /** Prototypes of a block: with 10 crops of 8 images 2.6 MB of logits in float32. */
  private static final int BLOCK_SIZE = 8192;

  /**
   * Cross-entropy of targets with the posteriors, without holding logits of all prototypes.
   *
   * @param y {@code [rows, dim]}
   * @return {@code [rows]}, nats
   */
  Operand<T> crossEntropy(Ops tf, Operand<T> y, TargetRows<T> targets) {
    Operand<T> zeros = tf.fill(tf.array(vectors.shape().get(0)), Nn.scalar(tf, 0, y));
    return kernels.crossEntropyOfScores(
        tf, tf.math.div(y, temperature), vectors, logNormalizer.orElse(zeros), targets, BLOCK_SIZE);
  }
}
