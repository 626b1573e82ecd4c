package org.dinovmf.graph;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.family.TFloating;

/**
 * Finds the value of a weight by its name, such as {@code blocks/0/attn/qkv/weight}.
 *
 * <p>This is the seam that lets one description serve training (variables), tests (constants) and
 * export (restored values). A variable comes back read: gradients are taken with respect to the
 * value, never to the handle.
 *
 * @param <T> {@code TFloat32} to train, {@code TFloat64} to check gradients
 */
@FunctionalInterface
public interface Weights<T extends TFloating> {

  /**
   * The weight of the given name.
   *
   * @param initializer how training starts it; ignored where values are given
   */
  Operand<T> get(String name, Shape shape, Initializer initializer);

  /** The weights below a prefix, such as {@code blocks/0}. */
  default Weights<T> below(String prefix) {
    return (name, shape, initializer) -> get(prefix + "/" + name, shape, initializer);
  }
}
