package org.dinovmf.graph;

import org.dinovmf.ops.Kernels;
import org.dinovmf.ops.Nn;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/**
 * The MLP of three layers between the encoder and the prototypes; its output lies on the unit
 * sphere. The prototypes themselves are {@link Prototypes}.
 *
 * @param <T> {@code TFloat32} to train, {@code TFloat64} to check gradients
 */
public final class ProjectionHead<T extends TFloating> {

  private final HeadConfig config;
  private final Kernels kernels;
  private final Weights<T> weights;

  public ProjectionHead(HeadConfig config, Kernels kernels, Weights<T> weights) {
    this.config = config;
    this.kernels = kernels;
    this.weights = weights;
  }

  /**
   * Adds the head to the graph.
   *
   * @param x {@code [rows, inDim]}
   * @return unit vectors {@code [rows, bottleneckDim]}
   */
  public Operand<T> apply(Ops tf, Operand<T> x) {
    int hidden = config.hiddenDim();
    Operand<T> first = Layers.geluOfLinear(tf, kernels, layer(0), x, config.inDim(), hidden);
    Operand<T> second = Layers.geluOfLinear(tf, kernels, layer(1), first, hidden, hidden);
    return Nn.l2Normalize(
        tf, Layers.linear(tf, kernels, layer(2), second, hidden, config.bottleneckDim()));
  }

  private Weights<T> layer(int index) {
    return weights.below("mlp/" + index);
  }
}
