package org.dinovmf.ops;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/**
 * A mixture of von Mises-Fisher distributions, {@code p(y) = sum_k alpha_k C(kappa_k) exp(w_k.y)}
 * for y on the unit sphere of {@code R^dim}; Banerjee et al., JMLR 2005, section 3. Component k is
 * given by the vector {@code w_k = kappa_k mu_k}, which for a prototype of the head is the
 * prototype over the temperature.
 *
 * <p>No function holds more than one array {@code [batch, components]} at a time; in blocks, none.
 * The density does not in its gradient either, for which scores are computed again; the gradient of
 * a posterior needs the posterior, and keeps it. Sums of exponentials are taken relative to their
 * largest term.
 *
 * @param kernels how the normalizer is differentiated
 * @param components {@code [components, dim]}, both known
 * @param logTerms {@code log alpha_k + log C(kappa_k) - log C(0)}, {@code [components]}
 */
public record VonMisesFisherMixture<T extends TFloating>(
    Kernels kernels, Operand<T> components, Operand<T> logTerms) {

  /** Makes something of the posteriors of a block of components. */
  @FunctionalInterface
  public interface BlockFunction<T extends TFloating> {

    /**
     * Builds the result of a block, before which no later block is computed.
     *
     * @param posterior {@code [batch, block]}
     * @param first index of the block's first component
     */
    Operand<T> apply(Ops tf, Operand<T> posterior, int first);
  }

  /** A mixture whose components have the same weight. */
  public static <T extends TFloating> VonMisesFisherMixture<T> ofEqualWeights(
      Ops tf, Kernels kernels, Operand<T> components) {
    double logWeight = -Math.log((double) components.shape().get(0));
    Operand<T> terms =
        tf.math.add(logNormalizer(tf, kernels, components), Nn.scalar(tf, logWeight, components));
    return new VonMisesFisherMixture<>(kernels, components, terms);
  }

  /**
   * A mixture with the weights {@code softmax(weightLogits)}.
   *
   * @param weightLogits {@code [components]}; the logarithms of weights serve as well
   */
  public static <T extends TFloating> VonMisesFisherMixture<T> of(
      Ops tf, Kernels kernels, Operand<T> components, Operand<T> weightLogits) {
    Operand<T> logWeights =
        tf.reshape(tf.nn.logSoftmax(tf.reshape(weightLogits, tf.array(1, -1))), tf.array(-1));
    Operand<T> terms = tf.math.add(logNormalizer(tf, kernels, components), logWeights);
    return new VonMisesFisherMixture<>(kernels, components, terms);
  }

  private static <T extends TFloating> Operand<T> logNormalizer(
      Ops tf, Kernels kernels, Operand<T> components) {
    Operand<T> kappaSquared = tf.reduceSum(tf.math.square(components), tf.constant(1));
    return kernels.relativeLogNormalizer(tf, kappaSquared, dim(components));
  }

  private static int dim(Operand<?> components) {
    return (int) components.shape().get(1);
  }

  /**
   * {@code log(alpha_k f_k(y)) - log C(0)}, the logarithm of each component's share of the density
   * relative to the uniform one. Its rounding error is about that of {@code kappa_k} in the element
   * type, which the product of matrices makes.
   *
   * @param y unit vectors, {@code [batch, dim]}
   * @return {@code [batch, components]}
   */
  public Operand<T> scores(Ops tf, Operand<T> y) {
    return new MixtureBlock<>(components, logTerms, 0, (int) components.shape().get(0))
        .scores(tf, y);
  }

  /**
   * The posterior probability of each component, {@code softmax_k(scores)}.
   *
   * @param y unit vectors, {@code [batch, dim]}
   * @return {@code [batch, components]}
   */
  public Operand<T> posterior(Ops tf, Operand<T> y) {
    return tf.nn.softmax(scores(tf, y));
  }

  /**
   * {@code log p(y)} in nats.
   *
   * @param y unit vectors, {@code [batch, dim]}
   * @return {@code [batch]}
   */
  public Operand<T> logDensity(Ops tf, Operand<T> y) {
    return logDensity(tf, y, size());
  }

  /** {@link #logDensity(Ops, Operand)} in blocks of at most {@code blockSize} components. */
  public Operand<T> logDensity(Ops tf, Operand<T> y, int blockSize) {
    double atZero = VonMisesFisher.logNormalizerAtZero(dim(components));
    return tf.math.add(relativeLogDensity(tf, y, blockSize), Nn.scalar(tf, atZero, y));
  }

  /**
   * {@code log p(y) - log C(0)}, relative to the uniform density: in float32 it keeps the digits
   * that a large constant would take.
   *
   * @param y unit vectors, {@code [batch, dim]}
   * @return {@code [batch]}
   */
  public Operand<T> relativeLogDensity(Ops tf, Operand<T> y) {
    return relativeLogDensity(tf, y, size());
  }

  /**
   * {@link #relativeLogDensity(Ops, Operand)} in blocks of at most {@code blockSize} components.
   */
  public Operand<T> relativeLogDensity(Ops tf, Operand<T> y, int blockSize) {
    return kernels.logSumExpOfScores(tf, y, components, logTerms, blockSize);
  }

  /**
   * Takes the posteriors of blocks of components one after the other.
   *
   * @param y unit vectors, {@code [batch, dim]}
   * @param blockSize largest number of components in a block
   * @return the result of each block
   */
  public List<Operand<T>> posteriorInBlocks(
      Ops tf, Operand<T> y, int blockSize, BlockFunction<T> function) {
    Operand<T> logSum = relativeLogDensity(tf, y, blockSize);
    List<Operand<T>> results = new ArrayList<>();
    Operand<T> next = RawOps.after(tf, y, List.of(logSum));
    for (MixtureBlock<T> block : MixtureBlock.split(tf, components, logTerms, blockSize)) {
      Operand<T> posterior = block.posterior(tf, next, logSum);
      Operand<T> result = function.apply(tf, posterior, block.first());
      results.add(result);
      next = RawOps.after(tf, y, List.of(result));
    }
    return results;
  }

  private int size() {
    return (int) components.shape().get(0);
  }
}
