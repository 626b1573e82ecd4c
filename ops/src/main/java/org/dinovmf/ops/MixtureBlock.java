package org.dinovmf.ops;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.family.TFloating;

/**
 * Some components of a mixture.
 *
 * @param components {@code w_k}, {@code [block, dim]}
 * @param logTerms what is added to {@code w_k.y}, {@code [block]}
 * @param first index of the first of them in the mixture
 * @param size how many they are
 */
record MixtureBlock<T extends TFloating>(
    Operand<T> components, Operand<T> logTerms, int first, int size) {

  /** All components in blocks of at most {@code blockSize}. */
  static <T extends TFloating> List<MixtureBlock<T>> split(
      Ops tf, Operand<T> components, Operand<T> logTerms, int blockSize) {
    if (blockSize < 1) {
      throw new IllegalArgumentException(
          "a block must have at least 1 component, but blockSize is " + blockSize);
    }
    int count = (int) components.shape().get(0);
    int dim = (int) components.shape().get(1);
    if (blockSize >= count) {
      return List.of(new MixtureBlock<>(components, logTerms, 0, count));
    }
    List<MixtureBlock<T>> blocks = new ArrayList<>(); // int32, or slices have no gradient
    for (int first = 0; first < count; first += blockSize) {
      int size = Math.min(blockSize, count - first);
      blocks.add(
          new MixtureBlock<>(
              tf.slice(components, tf.array(first, 0), tf.array(size, dim)),
              tf.slice(logTerms, tf.array(first), tf.array(size)),
              first,
              size));
    }
    return blocks;
  }

  /** {@code w_k.y} plus its term, {@code [batch, block]}. */
  Operand<T> scores(Ops tf, Operand<T> y) {
    Operand<T> products = tf.linalg.matMul(y, components, MatMul.transposeB(true));
    return tf.nn.biasAdd(products, logTerms);
  }

  /**
   * {@code exp(scores - logSum)}, {@code [batch, block]}.
   *
   * @param logSum of the exponentials of all scores, {@code [batch]}
   */
  Operand<T> posterior(Ops tf, Operand<T> y, Operand<T> logSum) {
    Operand<T> column = tf.expandDims(logSum, tf.constant(1));
    return tf.math.exp(tf.math.sub(scores(tf, y), column));
  }
}
