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
    Operand<T> first = kernels.gelu(tf, linear(tf, x, 0, config.inDim(), hidden));
    Operand<T> second = kernels.gelu(tf, linear(tf, first, 1, hidden, hidden));
    return Nn.l2Normalize(tf, linear(tf, second, 2, hidden, config.bottleneckDim()));
  }

  private Operand<T> linear(Ops tf, Operand<T> x, int layer, int in, int out) {
    return Layers.linear(tf, kernels, weights.below("mlp/" + layer), x, in, out);
  }
}
