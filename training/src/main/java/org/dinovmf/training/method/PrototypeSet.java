package org.dinovmf.training.method;

import java.util.Optional;
import org.dinovmf.graph.Prototypes;
import org.dinovmf.ops.Kernels;
import org.dinovmf.training.loss.TemperedMixture;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/**
 * A set of prototypes of one network.
 *
 * @param vectors {@code [prototypes, bottleneckDim]}
 */
public record PrototypeSet<T extends TFloating>(
    Kernels kernels, Prototypes prototypes, Operand<T> vectors) {

  /**
   * Raw scores.
   *
   * @param y {@code [rows, bottleneckDim]}
   * @return {@code [rows, prototypes]}
   */
  Operand<T> scores(Ops tf, Operand<T> y) {
    return Prototypes.scores(tf, y, vectors);
  }

  /** {@code [prototypes]} at a temperature, where the prototypes have one. */
  Optional<Operand<T>> logNormalizer(Ops tf, Operand<T> temperature) {
    return prototypes.logNormalizer(tf, kernels, vectors, temperature);
  }

  /** What the loss needs of it at a temperature. */
  TemperedMixture<T> at(Ops tf, Operand<T> temperature) {
    return new TemperedMixture<>(kernels, vectors, temperature, logNormalizer(tf, temperature));
  }
}
