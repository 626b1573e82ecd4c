package org.dinovmf.training;

import org.dinovmf.graph.HeadConfig;
import org.dinovmf.graph.VitConfig;
import org.dinovmf.ops.Precision;
import org.dinovmf.training.method.Method;

/**
 * What is trained.
 *
 * @param dropPath rate of stochastic depth in the student's last block
 * @param precision of linear layers, biases included, and of the products of attention in encoder
 *     and head; all else, scores of prototypes too, is float32 in any
 */
public record ModelConfig(
    Method method, VitConfig encoder, HeadConfig head, double dropPath, Precision precision) {

  public ModelConfig {
    if (head.inDim() != encoder.embedDim()) {
      throw new IllegalArgumentException(
          "the head must take the encoder's width: inDim=%d, embedDim=%d"
              .formatted(head.inDim(), encoder.embedDim()));
    }
    if (!(dropPath >= 0 && dropPath < 1)) {
      throw new IllegalArgumentException("drop path must be in [0, 1) but is " + dropPath);
    }
  }
}
