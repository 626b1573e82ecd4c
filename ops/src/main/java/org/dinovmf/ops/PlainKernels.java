package org.dinovmf.ops;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TFloating;

/** {@link Kernels} of plain ops, every one of which has a gradient registered in TensorFlow. */
enum PlainKernels implements Kernels {
  INSTANCE;

  @Override
  public <T extends TFloating> Operand<T> linear(
      Ops tf, Operand<T> x, Operand<T> weight, Operand<T> bias) {
    if (x.shape().numDimensions() == 2) {
      return tf.nn.biasAdd(tf.linalg.matMul(x, weight), bias);
    }
    return Nn.inRows(tf, x, rows -> linear(tf, rows, weight, bias));
  }

  @Override
  public <T extends TFloating> Operand<T> gelu(Ops tf, Operand<T> x) {
    // In this order of operations converters for phones know it; in others Erf is foreign to them.
    Operand<T> erf = tf.math.erf(Nn.scale(tf, x, Math.sqrt(0.5)));
    return tf.math.mul(Nn.scale(tf, x, 0.5), tf.math.add(erf, Nn.scalar(tf, 1, x)));
  }

  @Override
  public <T extends TFloating> Operand<T> layerNorm(
      Ops tf, Operand<T> x, Operand<T> weight, Operand<T> bias, double epsilon) {
    Operand<T> mean = tf.math.mean(x, tf.constant(-1), Mean.keepDims(true)); // [..., 1]
    Operand<T> variance =
        tf.math.mean(tf.math.squaredDifference(x, mean), tf.constant(-1), Mean.keepDims(true));
    Operand<T> inverseStd = tf.math.rsqrt(tf.math.add(variance, Nn.scalar(tf, epsilon, x)));
    Operand<T> unit = tf.math.mul(tf.math.sub(x, mean), inverseStd);
    return tf.math.add(tf.math.mul(unit, weight), bias);
  }

  @Override
  public <T extends TFloating> Operand<T> attention(Ops tf, Operand<T> qkv, int numHeads) {
    AttentionShape shape = AttentionShape.of(qkv.shape(), numHeads);
    Operand<T> split = tf.reshape(qkv, rows(tf, qkv, shape, 3, shape.numHeads(), shape.headDim()));
    Operand<T> byHead = tf.linalg.transpose(split, tf.array(2, 0, 3, 1, 4));
    List<Output<T>> parts = tf.unstack(byHead, 3L, Unstack.axis(0L)).output();
    Operand<T> q = Nn.scale(tf, parts.get(0), shape.scale()); // [batch, heads, tokens, headDim]
    Operand<T> p = tf.nn.softmax(RawOps.batchMatMul(tf, q, parts.get(1), false, true));
    Operand<T> heads = RawOps.batchMatMul(tf, p, parts.get(2), false, false);
    return tf.reshape(
        tf.linalg.transpose(heads, tf.array(0, 2, 1, 3)), rows(tf, qkv, shape, shape.dim()));
  }

  /** {@code [batch, tokens]} and what follows. */
  private static Operand<TInt64> rows(
      Ops tf, Operand<?> qkv, AttentionShape shape, long... following) {
    Operand<TInt64> leading =
        shape.hasKnownTokens()
            ? tf.array(-1L, shape.tokens())
            : tf.slice(tf.shape(qkv, TInt64.class), tf.array(0L), tf.array(2L));
    return tf.concat(List.of(leading, tf.array(following)), tf.constant(0));
  }

  @Override
  public <T extends TFloating> Operand<T> relativeLogNormalizer(
      Ops tf, Operand<T> kappaSquared, int dim) {
    return VonMisesFisherValues.relativeLogNormalizerOfSquare(tf, kappaSquared, dim);
  }

  @Override
  public <T extends TFloating> Operand<T> logSumExpOfScores(
      Ops tf, Operand<T> y, Operand<T> w, Operand<T> b, int blockSize) {
    return MixtureSum.plain(tf, y, MixtureBlock.split(tf, w, b, blockSize));
  }

  @Override
  public <T extends TFloating> Operand<T> crossEntropyOfScores(
      Ops tf, Operand<T> y, Operand<T> w, Operand<T> b, TargetRows<T> targets, int blockSize) {
    return MixtureCrossEntropy.plain(tf, y, MixtureBlock.split(tf, w, b, blockSize), targets);
  }
}
