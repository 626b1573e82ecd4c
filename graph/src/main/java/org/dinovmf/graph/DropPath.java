package org.dinovmf.graph;

import java.util.List;
import org.dinovmf.ops.Nn;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TFloating;

/**
 * Stochastic depth: drops a residual branch of whole samples and rescales the kept ones; Huang et
 * al., "Deep Networks with Stochastic Depth", ECCV 2016, with the rate rising linearly over the
 * blocks, from 0 in the first.
 */
public sealed interface DropPath {

  /** Keeps every branch, as teachers and exported encoders do. */
  static DropPath none() {
    return None.INSTANCE;
  }

  /**
   * Drops with the given rate in the last block.
   *
   * @param rate in [0, 1)
   * @param seed {@code [2]}, another one for every step; equal seeds drop equally
   * @param pass tells apart the passes of one step, such as one for each crop size
   */
  static DropPath of(double rate, Operand<TInt64> seed, int pass) {
    if (!(rate >= 0 && rate < 1)) {
      throw new IllegalArgumentException("drop path must be in [0, 1) but is " + rate);
    }
    return rate == 0 ? none() : new Stochastic(rate, seed, pass);
  }

  /**
   * The branch of one block.
   *
   * @param branch {@code [batch, tokens, dim]}
   * @param block index from 0, of {@code depth}
   * @param index 0 for attention, 1 for the MLP
   */
  <T extends TFloating> Operand<T> apply(
      Ops tf, Operand<T> branch, int block, int depth, int index);

  /** See {@link DropPath#none()}. */
  enum None implements DropPath {
    INSTANCE;

    @Override
    public <T extends TFloating> Operand<T> apply(
        Ops tf, Operand<T> branch, int block, int depth, int index) {
      return branch;
    }
  }

  /** See {@link DropPath#of}. */
  record Stochastic(double rate, Operand<TInt64> seed, int pass) implements DropPath {

    @Override
    public <T extends TFloating> Operand<T> apply(
        Ops tf, Operand<T> branch, int block, int depth, int index) {
      double keep = 1 - (depth > 1 ? rate * block / (depth - 1) : 0);
      if (keep == 1) {
        return branch;
      }
      Operand<TInt64> own = tf.math.add(seed, tf.constant(new long[] {2L * block + index, pass}));
      Operand<TInt64> batch =
          tf.slice(
              tf.shape(branch, TInt64.class),
              tf.constant(new long[] {0}),
              tf.constant(new long[] {1}));
      var shape = tf.concat(List.of(batch, tf.constant(new long[] {1, 1})), tf.constant(0));
      Operand<T> uniform = tf.random.statelessRandomUniform(shape, own, branch.type());
      Operand<T> kept = tf.math.floor(tf.math.add(uniform, Nn.scalar(tf, keep, branch)));
      return tf.math.mul(branch, Nn.scale(tf, kept, 1 / keep));
    }
  }
}
