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
public record TemperedMixture<T extends TFloating>(
    Kernels kernels,
    Operand<T> vectors,
    Operand<T> temperature,
    Optional<Operand<T>> logNormalizer) {

  /** Logits of a block: 8 MiB of float32, which caches hold. */
  private static final long BLOCK = 1L << 21;

  /** Smaller blocks make slow products. */
  private static final long MIN_BLOCK_SIZE = 512;

  /** So many prototypes at once, where there are more. */
  static int blockSize(long rows) {
    return (int) Math.max(MIN_BLOCK_SIZE, BLOCK / rows);
  }

  /**
   * Cross-entropy of targets with the posteriors, in blocks of prototypes.
   *
   * @param y {@code [rows, dim]}
   * @param blockSize largest number of prototypes whose logits are there at once
   * @return {@code [rows]}, nats
   */
  Operand<T> crossEntropy(Ops tf, Operand<T> y, TargetRows<T> targets, int blockSize) {
    Operand<T> zeros = tf.fill(tf.array(vectors.shape().get(0)), Nn.scalar(tf, 0, y));
    return kernels.crossEntropyOfScores(
        tf, tf.math.div(y, temperature), vectors, logNormalizer.orElse(zeros), targets, blockSize);
  }
}
