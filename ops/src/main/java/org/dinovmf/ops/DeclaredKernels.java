package org.dinovmf.ops;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TFloating;

/**
 * {@link Kernels} for training, with gradients that take few passes over memory. What a gradient
 * needs of the forward pass it captures instead of computing it again.
 */
record DeclaredKernels(Precision precision) implements Kernels {

  @Override
  public <T extends TFloating> Operand<T> linear(
      Ops tf, Operand<T> x, Operand<T> weight, Operand<T> bias) {
    if (x.shape().numDimensions() == 2) {
      return rowsTimes(tf, x, weight, bias);
    }
    return Nn.inRows(tf, x, rows -> rowsTimes(tf, rows, weight, bias));
  }

  /**
   * One product of matrices and one bias addition, which the graph optimizer fuses. Both have a
   * registered gradient of the same kind, so none is declared where nothing is rounded.
   */
  private <T extends TFloating> Operand<T> rowsTimes(
      Ops tf, Operand<T> rows, Operand<T> weight, Operand<T> bias) {
    return switch (precision) {
      case FLOAT32 -> tf.nn.biasAdd(tf.linalg.matMul(rows, weight), bias);
      case BFLOAT16 -> rounded(tf, ProductType.of(precision, rows), rows, weight, bias);
    };
  }

  /**
   * {@code dx = dy weight'}, {@code dweight = x' dy} and {@code dbias = sum(dy)}, the last from the
   * gradient as it comes.
   */
  private static <T extends TFloating, P extends TFloating> Operand<T> rounded(
      Ops tf, ProductType<T, P> types, Operand<T> rows, Operand<T> weight, Operand<T> bias) {
    Operand<P> x = types.narrow(tf, rows);
    Operand<P> w = types.narrow(tf, weight);
    Operand<T> y = types.widen(tf, tf.nn.biasAdd(tf.linalg.matMul(x, w), types.narrow(tf, bias)));
    return DeclaredGradient.of(
        tf,
        List.of(rows, weight, bias),
        y,
        (scope, gradients) -> {
          Operand<P> dy = types.narrow(scope, gradients.get(0));
          Operand<P> dx = scope.linalg.matMul(dy, w, MatMul.transposeB(true));
          Operand<P> dw = scope.linalg.matMul(x, dy, MatMul.transposeA(true));
          return List.of(
              types.widen(scope, dx),
              types.widen(scope, dw),
              scope.nn.biasAddGrad(gradients.get(0)));
        });
  }

  @Override
  public <T extends TFloating> Operand<T> gelu(Ops tf, Operand<T> x) {
    Operand<T> cdf = GeluFormula.cdf(tf, x);
    return DeclaredGradient.of(
        tf,
        List.of(x),
        tf.math.mul(x, cdf),
        (scope, dy) -> List.of(GeluFormula.gradient(scope, x, cdf, dy.get(0))));
  }

  /**
   * With {@code u = (x - mean) / std} and {@code g = dy weight}: {@code dx = (g - mean(g) - u
   * mean(g u)) / std}, {@code dweight = sum(dy u)} and {@code dbias = sum(dy)}.
   */
  @Override
  public <T extends TFloating> Operand<T> layerNorm(
      Ops tf, Operand<T> x, Operand<T> weight, Operand<T> bias, double epsilon) {
    Operand<T> centered = tf.math.sub(x, meanOfRows(tf, x));
    Operand<T> variance = meanOfRows(tf, tf.math.square(centered)); // [..., 1]
    Operand<T> inverseStd = tf.math.rsqrt(tf.math.add(variance, Nn.scalar(tf, epsilon, x)));
    Operand<T> unit = tf.math.mul(centered, inverseStd);
    return DeclaredGradient.of(
        tf,
        List.of(x, weight, bias),
        tf.nn.biasAdd(tf.math.mul(unit, weight), bias),
        (scope, gradients) -> {
          Operand<T> dy = gradients.get(0);
          Operand<T> dyUnit = scope.math.mul(dy, unit);
          Operand<T> g = scope.math.mul(dy, weight);
          Operand<T> slope = meanOfRows(scope, scope.math.mul(dyUnit, weight));
          Operand<T> rest = scope.math.sub(g, scope.math.mul(unit, slope));
          Operand<T> dx = scope.math.mul(scope.math.sub(rest, meanOfRows(scope, g)), inverseStd);
          return List.of(dx, scope.nn.biasAddGrad(dyUnit), scope.nn.biasAddGrad(dy));
        });
  }

  private static <T extends TFloating> Operand<T> meanOfRows(Ops tf, Operand<T> x) {
    return tf.math.mean(x, tf.constant(-1), Mean.keepDims(true));
  }

  @Override
  public <T extends TFloating> Operand<T> attention(Ops tf, Operand<T> qkv, int numHeads) {
    AttentionShape shape = AttentionShape.of(qkv.shape(), numHeads);
    if (!shape.hasKnownTokens()) {
      throw new IllegalArgumentException(
          "attention with a declared gradient needs a known number of tokens, but qkv is "
              + qkv.shape());
    }
    return attention(tf, ProductType.of(precision, qkv), qkv, shape);
  }

  /**
   * With {@code p} the attention, {@code o = p v} and {@code dp = do v'}: {@code dv = p' do},
   * {@code ds = p (dp - rowsum(do o))}, {@code dq = ds k / sqrt(headDim)} and {@code dk = ds' q /
   * sqrt(headDim)}.
   */
  private static <T extends TFloating, P extends TFloating> Operand<T> attention(
      Ops tf, ProductType<T, P> types, Operand<T> qkv, AttentionShape shape) {
    long tokens = shape.tokens();
    long headDim = shape.headDim();
    Operand<TInt64> perPart = tf.array(-1, tokens, 3, shape.numHeads(), headDim);
    Operand<P> split = tf.reshape(types.narrow(tf, qkv), perPart);
    Operand<P> byHead = tf.linalg.transpose(split, tf.array(2, 0, 3, 1, 4));
    List<Output<P>> parts = tf.unstack(byHead, 3L, Unstack.axis(0L)).output();
    Operand<P> q = Nn.scale(tf, parts.get(0), shape.scale()); // [batch, heads, tokens, headDim]
    Operand<P> k = parts.get(1);
    Operand<P> v = parts.get(2);

    Operand<T> p = tf.nn.softmax(types.widen(tf, RawOps.batchMatMul(tf, q, k, false, true)));
    Operand<P> weights = types.narrow(tf, p); // [batch, heads, tokens, tokens]
    Operand<P> heads = RawOps.batchMatMul(tf, weights, v, false, false);
    Operand<P> joined =
        tf.reshape(
            tf.linalg.transpose(heads, tf.array(0, 2, 1, 3)), tf.array(-1, tokens, shape.dim()));
    Operand<T> o = types.widen(tf, joined);
    return DeclaredGradient.of(
        tf,
        List.of(qkv),
        o,
        (scope, gradients) -> {
          Operand<TInt64> perHead = scope.array(-1, tokens, shape.numHeads(), headDim);
          Operand<T> dy = gradients.get(0); // [batch, tokens, dim]
          Operand<P> dHeads =
              scope.linalg.transpose(
                  scope.reshape(types.narrow(scope, dy), perHead), scope.array(0, 2, 1, 3));
          Operand<T> rowSums =
              scope.linalg.transpose(
                  scope.reduceSum(
                      scope.reshape(scope.math.mul(dy, o), perHead),
                      scope.constant(-1),
                      ReduceSum.keepDims(true)),
                  scope.array(0, 2, 1, 3)); // [batch, heads, tokens, 1]
          Operand<T> dp = types.widen(scope, RawOps.batchMatMul(scope, dHeads, v, false, true));
          Operand<P> ds = types.narrow(scope, scope.math.mul(p, scope.math.sub(dp, rowSums)));
          Operand<P> dq =
              Nn.scale(scope, RawOps.batchMatMul(scope, ds, k, false, false), shape.scale());
          Operand<P> dk = RawOps.batchMatMul(scope, ds, q, true, false);
          Operand<P> dv = RawOps.batchMatMul(scope, weights, dHeads, true, false);
          Operand<P> packed =
              scope.linalg.transpose(scope.stack(List.of(dq, dk, dv)), scope.array(1, 3, 0, 2, 4));
          Operand<P> flat = scope.reshape(packed, scope.array(-1, tokens, 3 * shape.dim()));
          return List.of(types.widen(scope, flat));
        });
  }

  @Override
  public <T extends TFloating> Operand<T> relativeLogNormalizer(
      Ops tf, Operand<T> kappaSquared, int dim) {
    return VonMisesFisher.relativeLogNormalizerOfSquare(tf, kappaSquared, dim);
  }

  /** With a gradient that computes the scores again. */
  @Override
  public <T extends TFloating> Operand<T> logSumExpOfScores(
      Ops tf, Operand<T> y, Operand<T> w, Operand<T> b, int blockSize) {
    return MixtureSum.declared(tf, y, w, b, MixtureBlock.split(tf, w, b, blockSize));
  }

  /** With a gradient that computes the scores again. */
  @Override
  public <T extends TFloating> Operand<T> crossEntropyOfScores(
      Ops tf, Operand<T> y, Operand<T> w, Operand<T> b, TargetRows<T> targets, int blockSize) {
    return MixtureCrossEntropy.declared(
        tf, y, w, b, MixtureBlock.split(tf, w, b, blockSize), targets);
  }
}
