package org.dinovmf.graph;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/**
 * One application of an encoder, cut between its blocks, so that a gradient can build a block a
 * second time instead of keeping what the block computed.
 *
 * @param states {@code [batch, tokens, dim]} each: before the first block and after each
 * @param tokens of the last state
 * @param blocks adds a block to the graph
 */
public record EncoderPass<T extends TFloating>(
    List<Operand<T>> states, Tokens<T> tokens, Blocks<T> blocks) {

  public EncoderPass {
    states = List.copyOf(states);
  }

  /** Adds blocks of an encoder, with its weights and the pass's stochastic depth. */
  @FunctionalInterface
  public interface Blocks<T extends TFloating> {

    /**
     * The block's output; equal inputs give equal outputs.
     *
     * @param index of the block, from 0
     * @param x {@code [batch, tokens, dim]}
     * @return {@code [batch, tokens, dim]}
     */
    Operand<T> apply(Ops tf, int index, Operand<T> x);
  }
}
