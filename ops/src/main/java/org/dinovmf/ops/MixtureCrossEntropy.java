package org.dinovmf.ops;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/**
 * {@code sum_k q_k (log sum_j exp(w_j.y + b_j) - w_k.y - b_k)} for each row y and its target q, one
 * block of components after the other, so that logits and posteriors of no more than a block are
 * there at once. The order of the blocks is forced, as in {@link MixtureSum}.
 */
final class MixtureCrossEntropy {

  private MixtureCrossEntropy() {}

  private record Forward<T extends TFloating>(Operand<T> logSum, Operand<T> value) {}

  /** By plain ops, {@code [rows]}. */
  static <T extends TFloating> Operand<T> plain(
      Ops tf, Operand<T> y, List<MixtureBlock<T>> blocks, TargetRows<T> targets) {
    return forward(tf, y, blocks, targets).value();
  }

  private static <T extends TFloating> Forward<T> forward(
      Ops tf, Operand<T> y, List<MixtureBlock<T>> blocks, TargetRows<T> targets) {
    List<Operand<T>> sums = new ArrayList<>();
    List<Operand<T>> matches = new ArrayList<>();
    Operand<T> next = y;
    List<Operand<T>> done = List.of();
    for (MixtureBlock<T> block : blocks) {
      Operand<T> scores = block.scores(tf, next);
      Operand<T> q = targets.of(tf, block, done);
      Operand<T> sum = MixtureSum.logSumExp(tf, scores);
      Operand<T> match = tf.reduceSum(tf.math.mul(q, scores), tf.constant(1));
      sums.add(sum);
      matches.add(match);
      done = List.of(sum, match);
      next = RawOps.after(tf, y, done);
    }
    Operand<T> logSum = MixtureSum.joined(tf, sums);
    Operand<T> match = matches.size() == 1 ? matches.get(0) : tf.math.addN(matches);
    return new Forward<>(logSum, tf.math.sub(tf.math.mul(targets.mass(), logSum), match));
  }

  /**
   * With a gradient that computes the scores of a block again: with the posterior r, that of the
   * scores is {@code dy (mass r - q)}.
   */
  static <T extends TFloating> Operand<T> declared(
      Ops tf,
      Operand<T> y,
      Operand<T> components,
      Operand<T> logTerms,
      List<MixtureBlock<T>> blocks,
      TargetRows<T> targets) {
    Forward<T> forward = forward(tf, y, blocks, targets);
    return DeclaredGradient.of(
        tf,
        List.of(y, components, logTerms),
        forward.value(),
        (scope, dy) -> gradients(scope, y, forward, blocks, targets, dy.get(0)));
  }

  private static <T extends TFloating> List<Operand<T>> gradients(
      Ops tf,
      Operand<T> y,
      Forward<T> forward,
      List<MixtureBlock<T>> blocks,
      TargetRows<T> targets,
      Operand<T> dy) {
    Operand<T> column = tf.expandDims(dy, tf.constant(1));
    Operand<T> mass = tf.expandDims(targets.mass(), tf.constant(1));
    MixtureGradients<T> gathered = new MixtureGradients<>(tf, y);
    List<Operand<T>> done = List.of(forward.value());
    for (MixtureBlock<T> block : blocks) {
      Operand<T> next = RawOps.after(tf, y, done);
      Operand<T> r = block.posterior(tf, next, forward.logSum());
      Operand<T> q = targets.of(tf, block, done);
      Operand<T> d = tf.math.mul(tf.math.sub(tf.math.mul(r, mass), q), column); // [rows, block]
      done = gathered.add(block, d);
    }
    return gathered.all();
  }
}
