package org.dinovmf.ops;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceMax;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.op.core.Stack;
import org.tensorflow.types.family.TFloating;

/**
 * {@code log sum_k exp(w_k.y + b_k)} for each row y, one block of components after the other. The
 * order of the blocks is forced, because TensorFlow would compute, and hold, all of them at once.
 */
final class MixtureSum {

  private MixtureSum() {}

  /** By plain ops, {@code [batch]}. */
  static <T extends TFloating> Operand<T> plain(
      Ops tf, Operand<T> y, List<MixtureBlock<T>> blocks) {
    List<Operand<T>> sums = new ArrayList<>();
    Operand<T> next = y;
    for (MixtureBlock<T> block : blocks) {
      Operand<T> sum = logSumExp(tf, block.scores(tf, next));
      sums.add(sum);
      next = RawOps.after(tf, y, List.of(sum));
    }
    return joined(tf, sums);
  }

  /** The sum over all blocks, {@code [batch]}, from that of each. */
  static <T extends TFloating> Operand<T> joined(Ops tf, List<Operand<T>> sums) {
    return sums.size() == 1 ? sums.get(0) : logSumExp(tf, columns(tf, sums));
  }

  /** {@code [batch, n]} to {@code [batch]}. */
  static <T extends TFloating> Operand<T> logSumExp(Ops tf, Operand<T> scores) {
    Operand<T> largest =
        tf.stopGradient(tf.reduceMax(scores, tf.constant(1), ReduceMax.keepDims(true)));
    Operand<T> sum =
        tf.reduceSum(tf.math.exp(tf.math.sub(scores, largest)), tf.constant(1)); // [batch]
    return tf.math.add(tf.math.log(sum), tf.squeeze(largest, Squeeze.axis(List.of(1L))));
  }

  private static <T extends TFloating> Operand<T> columns(Ops tf, List<Operand<T>> rows) {
    return tf.stack(rows, Stack.axis(1L));
  }

  /**
   * With a gradient that computes the scores of a block again instead of keeping them: that of the
   * scores is the posterior times dy.
   */
  static <T extends TFloating> Operand<T> declared(
      Ops tf,
      Operand<T> y,
      Operand<T> components,
      Operand<T> logTerms,
      List<MixtureBlock<T>> blocks) {
    Operand<T> sum = plain(tf, y, blocks);
    return DeclaredGradient.of(
        tf,
        List.of(y, components, logTerms),
        sum,
        (scope, dy) -> gradients(scope, y, sum, blocks, dy.get(0)));
  }

  private static <T extends TFloating> List<Operand<T>> gradients(
      Ops tf, Operand<T> y, Operand<T> sum, List<MixtureBlock<T>> blocks, Operand<T> dy) {
    Operand<T> column = tf.expandDims(dy, tf.constant(1));
    MixtureGradients<T> gathered = new MixtureGradients<>(tf, y);
    Operand<T> next = RawOps.after(tf, y, List.of(sum));
    for (MixtureBlock<T> block : blocks) {
      Operand<T> d = tf.math.mul(block.posterior(tf, next, sum), column); // [batch, block]
      next = RawOps.after(tf, y, gathered.add(block, d));
    }
    return gathered.all();
  }
}
