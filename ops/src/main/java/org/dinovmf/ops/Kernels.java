package org.dinovmf.ops;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/**
 * The building blocks of a network that exist in two forms with equal values: plain ops for what no
 * gradient is taken of, and ops with a declared gradient for what is trained.
 *
 * <p>A description of a network takes its kernels as an argument, so that an exported graph holds
 * no gradient carrier, and so that a test can compare a declared gradient with the one TensorFlow
 * derives from the plain ops.
 */
public sealed interface Kernels permits PlainKernels, DeclaredKernels, CompiledKernels {

  /** Plain ops only, for exported models, and as the oracle of gradient tests. */
  static Kernels plain() {
    return PlainKernels.INSTANCE;
  }

  /** Ops with declared gradients, for what is trained; Linux and macOS only. */
  static Kernels training() {
    return training(Precision.FLOAT32, Fusion.BY_TENSORFLOW);
  }

  /**
   * Ops with declared gradients, whose matrix products have a precision.
   *
   * @param fusion explicit for float32 on a CPU only
   */
  static Kernels training(Precision precision, Fusion fusion) {
    DeclaredKernels declared = new DeclaredKernels(precision);
    return switch (fusion) {
      case EXPLICIT -> new CompiledKernels(declared);
      case BY_TENSORFLOW -> declared;
    };
  }

  /**
   * Ops for a teacher, whose matrix products have a precision: no gradient is taken of them.
   *
   * @param fusion explicit for float32 on a CPU only
   */
  static Kernels inference(Precision precision, Fusion fusion) {
    // Plain ops leave TensorFlow more to fuse.
    boolean plain = fusion == Fusion.BY_TENSORFLOW && precision == Precision.FLOAT32;
    return plain ? plain() : training(precision, fusion);
  }

  /**
   * Affine map of the last axis, {@code x @ weight + bias}.
   *
   * @param x {@code [..., in]}, rank 2 or 3, with a known {@code in}
   * @param weight {@code [in, out]}, the transpose of PyTorch's layout
   * @param bias {@code [out]}
   * @return {@code [..., out]}
   */
  <T extends TFloating> Operand<T> linear(Ops tf, Operand<T> x, Operand<T> weight, Operand<T> bias);

  /**
   * Exact GELU, {@code x * Phi(x)} with Phi the normal distribution function; Hendrycks and Gimpel
   * 2016, section 2.
   *
   * @param x any shape
   * @return the shape of {@code x}
   */
  <T extends TFloating> Operand<T> gelu(Ops tf, Operand<T> x);

  /**
   * A linear layer, GELU and another linear layer.
   *
   * @param x {@code [rows, in]}, with a known {@code in}
   * @param first {@code in} to {@code hidden}
   * @param second {@code hidden} to {@code out}
   * @return {@code [rows, out]}
   */
  default <T extends TFloating> Operand<T> mlp(
      Ops tf, Operand<T> x, Affine<T> first, Affine<T> second) {
    Operand<T> hidden = gelu(tf, linear(tf, x, first.weight(), first.bias()));
    return linear(tf, hidden, second.weight(), second.bias());
  }

  /**
   * Normalises the last axis to mean 0 and biased variance 1, then scales and shifts it; Ba et al.
   * 2016, eq. 3 and 4, with {@code epsilon} added to the variance.
   *
   * @param x {@code [..., dim]}
   * @param weight {@code [dim]}
   * @param bias {@code [dim]}
   * @return {@code [..., dim]}
   */
  <T extends TFloating> Operand<T> layerNorm(
      Ops tf, Operand<T> x, Operand<T> weight, Operand<T> bias, double epsilon);

  /**
   * Multi-head self-attention without its projections, {@code softmax(q k' / sqrt(headDim)) v};
   * Vaswani et al. 2017, eq. 1.
   *
   * @param qkv {@code [batch, tokens, 3 * dim]}, columns ordered q, k, v and head-major inside
   *     each; dim must be known, and for a declared gradient the tokens too
   * @param numHeads a divisor of dim
   * @return {@code [batch, tokens, dim]}
   * @throws IllegalArgumentException if {@code qkv} has another shape
   */
  <T extends TFloating> Operand<T> attention(Ops tf, Operand<T> qkv, int numHeads);

  /**
   * {@code log C_dim(kappa) - log C_dim(0)}, the normalizer of the von Mises-Fisher distribution
   * relative to the uniform one: the term to <b>add</b> to {@code kappa * mu.x} in a logit. It is 0
   * at 0 and falls with kappa.
   *
   * @param kappaSquared {@code [...]}, squared concentrations, at least 0. The square is the
   *     argument because the value and its gradient are smooth in it, so a prototype of length 0 is
   *     harmless
   * @param dim dimension of the space, at least 2
   * @return the shape of {@code kappaSquared}
   */
  <T extends TFloating> Operand<T> relativeLogNormalizer(Ops tf, Operand<T> kappaSquared, int dim);

  /**
   * {@code log sum_k exp(w_k.y + b_k)}, computed in blocks of k, one after the other.
   *
   * @param y {@code [batch, dim]}
   * @param w {@code [components, dim]}, both known
   * @param b {@code [components]}
   * @param blockSize largest number of components in a block, at least 1
   * @return {@code [batch]}
   */
  <T extends TFloating> Operand<T> logSumExpOfScores(
      Ops tf, Operand<T> y, Operand<T> w, Operand<T> b, int blockSize);

  /**
   * Cross-entropy of targets with the posteriors of a mixture, {@code sum_k q_k (log sum_j
   * exp(w_j.y + b_j) - w_k.y - b_k)}, computed in blocks of k, one after the other.
   *
   * @param y {@code [rows, dim]}
   * @param w {@code [components, dim]}, both known
   * @param b {@code [components]}
   * @param targets the rows q
   * @param blockSize largest number of components in a block, at least 1
   * @return {@code [rows]}, nats
   */
  <T extends TFloating> Operand<T> crossEntropyOfScores(
      Ops tf, Operand<T> y, Operand<T> w, Operand<T> b, TargetRows<T> targets, int blockSize);
}
