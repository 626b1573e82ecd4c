package org.dinovmf.ops;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/**
 * What rows of logits are compared with: sums of given distributions. No gradient flows into them.
 *
 * @param distributions {@code [givenRows, components]}
 * @param mapping what makes the rows of the given ones
 * @param mass {@code [rows]}: sum of each row over all components, taken as exact
 */
public record TargetRows<T extends TFloating>(
    Operand<T> distributions, Mapping<T> mapping, Operand<T> mass) {

  /**
   * The same for every column. It is also called while gradients are built, so that it must use the
   * scope that it is given and ask no operand for its shape; see {@link DeclaredGradient}.
   */
  @FunctionalInterface
  public interface Mapping<T extends TFloating> {

    /**
     * Rows of some components.
     *
     * @param given {@code [givenRows, block]}
     * @return {@code [rows, block]}
     */
    Operand<T> apply(Ops tf, Operand<T> given);
  }

  /** {@code [rows, block]}, once others are there. */
  Operand<T> of(Ops tf, MixtureBlock<T> block, Iterable<? extends Operand<?>> done) {
    Operand<T> next = tf.stopGradient(RawOps.after(tf, distributions, done));
    return mapping.apply(
        tf, tf.slice(next, tf.array(0, block.first()), tf.array(-1, block.size())));
  }
}
