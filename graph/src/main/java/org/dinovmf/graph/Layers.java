package org.dinovmf.graph;

import org.dinovmf.ops.Affine;
import org.dinovmf.ops.Kernels;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/** Layers with weights, named and initialized as in the published code. */
final class Layers {

  private Layers() {}

  /** {@code weight [in, out]} and {@code bias [out]}. */
  static <T extends TFloating> Affine<T> affine(Weights<T> weights, int in, int out) {
    return new Affine<>(
        weights.get("weight", Shape.of(in, out), Initializer.NORMAL),
        weights.get("bias", Shape.of(out), Initializer.ZEROS));
  }

  /** A linear layer with the weights of {@link #affine}. */
  static <T extends TFloating> Operand<T> linear(
      Ops tf, Kernels kernels, Weights<T> weights, Operand<T> x, int in, int out) {
    Affine<T> layer = affine(weights, in, out);
    return kernels.linear(tf, x, layer.weight(), layer.bias());
  }

  /** {@code weight [dim]} and {@code bias [dim]}. */
  static <T extends TFloating> Operand<T> layerNorm(
      Ops tf, Kernels kernels, Weights<T> weights, Operand<T> x, int dim) {
    Operand<T> weight = weights.get("weight", Shape.of(dim), Initializer.ONES);
    Operand<T> bias = weights.get("bias", Shape.of(dim), Initializer.ZEROS);
    return kernels.layerNorm(tf, x, weight, bias, VitConfig.LAYER_NORM_EPSILON);
  }
}
