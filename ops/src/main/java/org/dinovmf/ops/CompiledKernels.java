package org.dinovmf.ops;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.family.TFloating;

/**
 * {@link Kernels} for training on a CPU in float32, with fewer passes over memory than TensorFlow's
 * graph optimizer leaves: a product of matrices takes its bias along, and the GELU of an MLP is
 * compiled, as is its gradient, which computes again what it needs of the forward pass.
 *
 * @param others everything else, and the precision
 */
record CompiledKernels(DeclaredKernels others) implements Kernels {

  @Override
  public <T extends TFloating> Operand<T> linear(
      Ops tf, Operand<T> x, Operand<T> weight, Operand<T> bias) {
    if (x.shape().numDimensions() == 2) {
      return rowsTimes(tf, ProductType.of(others.precision(), x), x, new Affine<>(weight, bias));
    }
    return Nn.inRows(tf, x, rows -> linear(tf, rows, weight, bias));
  }

  private static <T extends TFloating, P extends TFloating> Operand<T> rowsTimes(
      Ops tf, ProductType<T, P> types, Operand<T> rows, Affine<T> layer) {
    Operand<P> x = types.narrow(tf, rows);
    Operand<P> w = types.narrow(tf, layer.weight());
    Operand<P> y = RawOps.fusedMatMul(tf, x, w, types.narrow(tf, layer.bias()));
    return DeclaredGradient.of(
        tf,
        List.of(rows, layer.weight(), layer.bias()),
        types.widen(tf, y),
        (scope, gradients) -> {
          Operand<P> dy = types.narrow(scope, gradients.get(0));
          return List.of(
              types.widen(scope, ofInput(scope, dy, w)),
              types.widen(scope, ofWeight(scope, x, dy)),
              scope.nn.biasAddGrad(gradients.get(0)));
        });
  }

  private static <P extends TFloating> Operand<P> ofInput(Ops tf, Operand<P> dy, Operand<P> w) {
    return tf.linalg.matMul(dy, w, MatMul.transposeB(true));
  }

  private static <P extends TFloating> Operand<P> ofWeight(Ops tf, Operand<P> x, Operand<P> dy) {
    return tf.linalg.matMul(x, dy, MatMul.transposeA(true));
  }

  @Override
  public <T extends TFloating> Operand<T> mlp(
      Ops tf, Operand<T> x, Affine<T> first, Affine<T> second) {
    return mlp(tf, ProductType.of(others.precision(), x), x, first, second);
  }

  /** Between the two products everything is of the type of factors. */
  private static <T extends TFloating, P extends TFloating> Operand<T> mlp(
      Ops tf, ProductType<T, P> types, Operand<T> rows, Affine<T> first, Affine<T> second) {
    CompiledGelu compiled = CompiledGelu.of(types.narrow());
    CompiledFunction gelu = compiled.value().in(tf);
    CompiledFunction geluGradient = compiled.gradient().in(tf);
    Operand<P> x = types.narrow(tf, rows);
    Operand<P> w1 = types.narrow(tf, first.weight());
    Operand<P> w2 = types.narrow(tf, second.weight());
    Operand<P> hidden = RawOps.fusedMatMul(tf, x, w1, types.narrow(tf, first.bias()));
    Operand<P> active = gelu.call(tf, hidden);
    Operand<P> y = RawOps.fusedMatMul(tf, active, w2, types.narrow(tf, second.bias()));
    return DeclaredGradient.of(
        tf,
        List.of(rows, first.weight(), first.bias(), second.weight(), second.bias()),
        types.widen(tf, y),
        (scope, gradients) -> {
          Operand<P> dy = types.narrow(scope, gradients.get(0));
          Operand<P> dActive = ofInput(scope, dy, w2);
          Operand<P> dHidden = geluGradient.call(scope, hidden, dActive);
          return List.of(
              types.widen(scope, ofInput(scope, dHidden, w1)),
              types.widen(scope, ofWeight(scope, x, dHidden)),
              scope.nn.biasAddGrad(types.widen(scope, dHidden)),
              types.widen(scope, ofWeight(scope, active, dy)),
              scope.nn.biasAddGrad(gradients.get(0)));
        });
  }

  @Override
  public <T extends TFloating> Operand<T> gelu(Ops tf, Operand<T> x) {
    return others.gelu(tf, x);
  }

  @Override
  public <T extends TFloating> Operand<T> layerNorm(
      Ops tf, Operand<T> x, Operand<T> weight, Operand<T> bias, double epsilon) {
    return others.layerNorm(tf, x, weight, bias, epsilon);
  }

  @Override
  public <T extends TFloating> Operand<T> attention(Ops tf, Operand<T> qkv, int numHeads) {
    return others.attention(tf, qkv, numHeads);
  }

  @Override
  public <T extends TFloating> Operand<T> relativeLogNormalizer(
      Ops tf, Operand<T> kappaSquared, int dim) {
    return others.relativeLogNormalizer(tf, kappaSquared, dim);
  }

  @Override
  public <T extends TFloating> Operand<T> logSumExpOfScores(
      Ops tf, Operand<T> y, Operand<T> w, Operand<T> b, int blockSize) {
    return others.logSumExpOfScores(tf, y, w, b, blockSize);
  }

  @Override
  public <T extends TFloating> Operand<T> crossEntropyOfScores(
      Ops tf, Operand<T> y, Operand<T> w, Operand<T> b, TargetRows<T> targets, int blockSize) {
    return others.crossEntropyOfScores(tf, y, w, b, targets, blockSize);
  }
}
