package org.dinovmf.ops;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/**
 * {@link Kernels} without gradients for a CPU: products of matrices are one op each with their bias
 * and GELU.
 *
 * @param others everything that no product is fused in
 */
record FusedKernels(Precision precision, Kernels others) implements Kernels {

  @Override
  public <T extends TFloating> Operand<T> linear(
      Ops tf, Operand<T> x, Operand<T> weight, Operand<T> bias) {
    if (x.shape().numDimensions() == 2) {
      return rowsTimes(tf, ProductType.of(precision, x), x, weight, bias);
    }
    return Nn.inRows(tf, x, rows -> linear(tf, rows, weight, bias));
  }

  @Override
  public <T extends TFloating> Operand<T> geluOfLinear(
      Ops tf, Operand<T> x, Operand<T> weight, Operand<T> bias) {
    return rowsTimes(tf, ProductType.of(precision, x), x, weight, bias, "GeluExact");
  }

  private static <T extends TFloating, P extends TFloating> Operand<T> rowsTimes(
      Ops tf,
      ProductType<T, P> types,
      Operand<T> rows,
      Operand<T> weight,
      Operand<T> bias,
      String... function) {
    Operand<P> y =
        RawOps.fusedMatMul(
            tf, types.narrow(tf, rows), types.narrow(tf, weight), types.narrow(tf, bias), function);
    return types.widen(tf, y);
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
