package org.dinovmf.training.method;

import org.dinovmf.graph.WeightStore.Variable;
import org.dinovmf.training.loss.Center;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/**
 * A center that follows the batches.
 *
 * @param state {@code [1, prototypes]}
 * @param statistic what this micro-batch contributes, {@code [1, prototypes]}; the mean over
 *     micro-batches of equal size is that of the whole batch
 */
public record RunningCenter<T extends TFloating>(
    Variable<T> state, Operand<T> statistic, Center center, double momentum) {

  /**
   * The state of the next step.
   *
   * @param mean of the statistics of all micro-batches
   */
  public Operand<T> next(Ops tf, Operand<T> mean) {
    return center.next(tf, state.value(), mean, momentum);
  }
}
