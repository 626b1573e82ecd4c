package org.dinovmf.graph;

import java.util.Optional;
import org.dinovmf.ops.Kernels;
import org.dinovmf.ops.Nn;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.family.TFloating;

/**
 * The components of the mixture: vectors {@code w_k} against which an embedding {@code y} on the
 * unit sphere is scored. With temperature t, component k is a von Mises-Fisher distribution around
 * {@code w_k / |w_k|} with concentration {@code kappa_k = |w_k| / t}; Govindarajan et al., ICLR
 * 2023.
 *
 * <p>The kinds differ in whether the length is trained and whether the logit holds the normalizer.
 */
public sealed interface Prototypes {

  /** Length 1, DINO's "norm_last_layer": the normalizer is the same for all and cancels. */
  record Unit() implements Prototypes {

    @Override
    public <T extends TFloating> Operand<T> vectors(Ops tf, Weights<T> weights, HeadConfig config) {
      return Nn.l2Normalize(tf, direction(weights, config));
    }
  }

  /** Trained length without a normalizer, as DINO's released ViT-S. */
  record Free() implements Prototypes {}

  /** Trained length and the normalizer of the von Mises-Fisher distribution: DINO-vMF. */
  record Vmf() implements Prototypes {

    @Override
    public <T extends TFloating> Optional<Operand<T>> logNormalizer(
        Ops tf, Kernels kernels, Operand<T> vectors, Operand<T> temperature) {
      int dim = (int) vectors.shape().get(1);
      Operand<T> kappaSquared =
          tf.math.div(
              tf.reduceSum(tf.math.square(vectors), tf.constant(1)), tf.math.square(temperature));
      return Optional.of(kernels.relativeLogNormalizer(tf, kappaSquared, dim));
    }
  }

  /**
   * The vectors {@code w_k}, of trained length unless the kind says otherwise.
   *
   * @return {@code [prototypes, bottleneckDim]}
   */
  default <T extends TFloating> Operand<T> vectors(Ops tf, Weights<T> weights, HeadConfig config) {
    Operand<T> norm =
        weights.get("prototypes/norm", Shape.of(config.numPrototypes(), 1), Initializer.ONES);
    return tf.math.mul(norm, Nn.l2Normalize(tf, direction(weights, config)));
  }

  /**
   * {@code log C_p(kappa_k) - log C_p(0)}, to be added to the logits, where this kind has it.
   *
   * @param vectors {@code [prototypes, bottleneckDim]}
   * @param temperature scalar
   * @return {@code [prototypes]}
   */
  default <T extends TFloating> Optional<Operand<T>> logNormalizer(
      Ops tf, Kernels kernels, Operand<T> vectors, Operand<T> temperature) {
    return Optional.empty();
  }

  /**
   * Raw scores {@code <w_k, y>}.
   *
   * @param y {@code [rows, bottleneckDim]}
   * @return {@code [rows, prototypes]}
   */
  static <T extends TFloating> Operand<T> scores(Ops tf, Operand<T> y, Operand<T> vectors) {
    return tf.linalg.matMul(y, vectors, MatMul.transposeB(true));
  }

  private static <T extends TFloating> Operand<T> direction(Weights<T> weights, HeadConfig config) {
    return weights.get(
        "prototypes/direction",
        Shape.of(config.numPrototypes(), config.bottleneckDim()),
        Initializer.uniform(config.bottleneckDim()));
  }
}
