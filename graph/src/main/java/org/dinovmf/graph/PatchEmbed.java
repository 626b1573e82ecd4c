package org.dinovmf.graph;

import org.dinovmf.ops.Kernels;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/**
 * Cuts images into patches and projects each; Dosovitskiy et al. 2021, eq. 1.
 *
 * <p>A product rather than the published convolution: equal values, and the gradient of its weight
 * is one more product.
 */
final class PatchEmbed<T extends TFloating> {

  private final VitConfig config;
  private final Kernels kernels;
  private final Weights<T> weights;

  PatchEmbed(VitConfig config, Kernels kernels, Weights<T> weights) {
    this.config = config;
    this.kernels = kernels;
    this.weights = weights;
  }

  /**
   * Adds the projection to the graph.
   *
   * @param images {@code [batch, height, width, channels]}
   * @param grid of these images
   * @return {@code [batch, patches, dim]}, patches in rows from the top
   */
  Operand<T> apply(Ops tf, Operand<T> images, PatchGrid grid) {
    Operand<T> cut = tf.reshape(images, grid.cutShape(config.inChannels()));
    Operand<T> sorted = tf.linalg.transpose(cut, tf.array(0, 1, 3, 2, 4, 5));
    Operand<T> flat = // [batch, patches, patchDim]
        tf.reshape(sorted, grid.rowsOf(config.patchDim()));
    Initializer start = Initializer.uniform(config.patchDim());
    Operand<T> weight =
        weights.get("proj/weight", Shape.of(config.patchDim(), config.embedDim()), start);
    Operand<T> bias = weights.get("proj/bias", Shape.of(config.embedDim()), start);
    return kernels.linear(tf, flat, weight, bias);
  }
}
