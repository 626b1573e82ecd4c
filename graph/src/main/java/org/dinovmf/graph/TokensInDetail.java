package org.dinovmf.graph;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.family.TFloating;

/**
 * What an encoder gives to those who look into it.
 *
 * @param tokens as ever
 * @param clsOfBlocks {@code [batch, dim]} of each block, the last one last: its class token after
 *     the encoder's last LayerNorm, as the linear evaluation of Caron et al. 2021 joins them
 * @param attention {@code [batch, heads, rows, columns]}: how the class token attends to the
 *     patches in the last block. The weights are those of a softmax over all tokens, so that over
 *     the patches alone they sum to less than 1
 */
public record TokensInDetail<T extends TFloating>(
    Tokens<T> tokens, List<Operand<T>> clsOfBlocks, Operand<T> attention) {

  public TokensInDetail {
    clsOfBlocks = List.copyOf(clsOfBlocks);
  }
}
