package org.dinovmf.graph;

import org.dinovmf.ops.Kernels;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/** Layers with weights, named and initialized as in the published code. */
final class Layers {

  private Layers() {}

  /** {@code weight [in, out]} and {@code bias [out]}. */
  static <T extends TFloating> Operand<T> linear(
      Ops tf, Kernels kernels, Weights<T> weights, Operand<T> x, int in, int out) {
    Operand<T> weight = weights.get("weight", Shape.of(in, out), Initializer.NORMAL);
    return kernels.linear(tf, x, weight, weights.get("bias", Shape.of(out), Initializer.ZEROS));
  }

  /** A linear layer with GELU of what it gives, of rows. */
  static <T extends TFloating> Operand<T> geluOfLinear(
      Ops tf, Kernels kernels, Weights<T> weights, Operand<T> x, int in, int out) {
    Operand<T> weight = weights.get("weight", Shape.of(in, out), Initializer.NORMAL);
    Operand<T> bias = weights.get("bias", Shape.of(out), Initializer.ZEROS);
    return kernels.geluOfLinear(tf, x, weight, bias);
  }

  /** {@code weight [dim]} and {@code bias [dim]}. */
  static <T extends TFloating> Operand<T> layerNorm(
      Ops tf, Kernels kernels, Weights<T> weights, Operand<T> x, int dim) {
    Operand<T> weight = weights.get("weight", Shape.of(dim), Initializer.ONES);
    Operand<T> bias = weights.get("bias", Shape.of(dim), Initializer.ZEROS);
    return kernels.layerNorm(tf, x, weight, bias, VitConfig.LAYER_NORM_EPSILON);
  }
}
