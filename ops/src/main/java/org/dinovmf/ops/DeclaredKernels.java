package org.dinovmf.ops;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TFloating;

/**
 * {@link Kernels} for training, with gradients that take few passes over memory. What a gradient
 * needs of the forward pass it captures instead of computing it again.
 */
enum DeclaredKernels implements Kernels {
  INSTANCE;

  /** Density of the standard normal distribution at 0. */
  private static final double NORMAL_DENSITY_AT_0 = 1 / Math.sqrt(2 * Math.PI);

  /**
   * One product of matrices and one bias addition, which the graph optimizer fuses. Both have a
   * registered gradient of the same kind, so none is declared.
   */
  @Override
  public <T extends TFloating> Operand<T> linear(
      Ops tf, Operand<T> x, Operand<T> weight, Operand<T> bias) {
    Shape shape = x.shape();
    if (shape.numDimensions() == 2) {
      return tf.nn.biasAdd(tf.linalg.matMul(x, weight), bias);
    }
    Operand<T> rows = tf.reshape(x, tf.array(-1, shape.get(2))); // [batch * tokens, in]
    Operand<T> result = tf.nn.biasAdd(tf.linalg.matMul(rows, weight), bias);
    long out = weight.shape().get(1);
    if (shape.get(1) > 0) {
      return tf.reshape(result, tf.array(-1, shape.get(1), out));
    }
    Operand<TInt64> leading =
        tf.slice(tf.shape(x, TInt64.class), tf.array(0), tf.array(2)); // batch, tokens
    return tf.reshape(result, tf.concat(List.of(leading, tf.array(out)), tf.constant(0)));
  }

  /** With the slope {@code Phi(x) + x phi(x)}, where phi is the normal density. */
  @Override
  public <T extends TFloating> Operand<T> gelu(Ops tf, Operand<T> x) {
    Operand<T> half = Nn.scalar(tf, 0.5, x);
    Operand<T> erf = tf.math.erf(Nn.scale(tf, x, Math.sqrt(0.5)));
    Operand<T> cdf = tf.math.add(tf.math.mul(erf, half), half);
    return DeclaredGradient.of(
        tf,
        List.of(x),
        tf.math.mul(x, cdf),
        (scope, dy) -> {
          Operand<T> minusHalfX = Nn.scale(scope, x, -0.5);
          Operand<T> bell = scope.math.exp(scope.math.mul(x, minusHalfX));
          Operand<T> xPdf =
              Nn.scale(scope, scope.math.mul(minusHalfX, bell), -2 * NORMAL_DENSITY_AT_0);
          return List.of(scope.math.mul(dy.get(0), scope.math.add(cdf, xPdf)));
        });
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

  /**
   * With {@code p} the attention, {@code o = p v} and {@code dp = do v'}: {@code dv = p' do},
   * {@code ds = p (dp - rowsum(do o))}, {@code dq = ds k / sqrt(headDim)} and {@code dk = ds' q /
   * sqrt(headDim)}.
   */
  @Override
  public <T extends TFloating> Operand<T> attention(Ops tf, Operand<T> qkv, int numHeads) {
    AttentionShape shape = AttentionShape.of(qkv.shape(), numHeads);
    if (!shape.hasKnownTokens()) {
      throw new IllegalArgumentException(
          "attention with a declared gradient needs a known number of tokens, but qkv is "
              + qkv.shape());
    }
    long tokens = shape.tokens();
    long headDim = shape.headDim();
    Operand<T> split = tf.reshape(qkv, tf.array(-1, tokens, 3, numHeads, headDim));
    Operand<T> byHead = tf.linalg.transpose(split, tf.array(2, 0, 3, 1, 4));
    List<Output<T>> parts = tf.unstack(byHead, 3L, Unstack.axis(0L)).output();
    Operand<T> q = Nn.scale(tf, parts.get(0), shape.scale()); // [batch, heads, tokens, headDim]
    Operand<T> k = parts.get(1);
    Operand<T> v = parts.get(2);

    Operand<T> p = tf.nn.softmax(RawOps.batchMatMul(tf, q, k, false, true));
    Operand<T> heads = RawOps.batchMatMul(tf, p, v, false, false);
    Operand<T> o =
        tf.reshape(
            tf.linalg.transpose(heads, tf.array(0, 2, 1, 3)), tf.array(-1, tokens, shape.dim()));
    return DeclaredGradient.of(
        tf,
        List.of(qkv),
        o,
        (scope, gradients) -> {
          Operand<TInt64> perHead = scope.array(-1, tokens, numHeads, headDim);
          Operand<T> dy = gradients.get(0); // [batch, tokens, dim]
          Operand<T> dHeads =
              scope.linalg.transpose(scope.reshape(dy, perHead), scope.array(0, 2, 1, 3));
          Operand<T> rowSums =
              scope.linalg.transpose(
                  scope.reduceSum(
                      scope.reshape(scope.math.mul(dy, o), perHead),
                      scope.constant(-1),
                      ReduceSum.keepDims(true)),
                  scope.array(0, 2, 1, 3)); // [batch, heads, tokens, 1]
          Operand<T> dp = RawOps.batchMatMul(scope, dHeads, v, false, true);
          Operand<T> ds = scope.math.mul(p, scope.math.sub(dp, rowSums));
          Operand<T> dq =
              Nn.scale(scope, RawOps.batchMatMul(scope, ds, k, false, false), shape.scale());
          Operand<T> dk = RawOps.batchMatMul(scope, ds, q, true, false);
          Operand<T> dv = RawOps.batchMatMul(scope, p, dHeads, true, false);
          Operand<T> packed =
              scope.linalg.transpose(scope.stack(List.of(dq, dk, dv)), scope.array(1, 3, 0, 2, 4));
          return List.of(scope.reshape(packed, scope.array(-1, tokens, 3 * shape.dim())));
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
}
