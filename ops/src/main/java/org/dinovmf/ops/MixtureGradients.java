package org.dinovmf.ops;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.family.TFloating;

/**
 * Gathers gradients of a function of scores block by block. With d the gradient of the scores of a
 * block: {@code dw = d' y}, {@code db} the sum of d over rows, and {@code dy} the sum of {@code d
 * w} over blocks.
 */
final class MixtureGradients<T extends TFloating> {

  private final Ops tf;
  private final Operand<T> y;
  private final List<Operand<T>> ofComponents = new ArrayList<>();
  private final List<Operand<T>> ofTerms = new ArrayList<>();
  private Optional<Operand<T>> ofY = Optional.empty();

  MixtureGradients(Ops tf, Operand<T> y) {
    this.tf = tf;
    this.y = y;
  }

  /**
   * Adds a block.
   *
   * @param d {@code [rows, block]}
   * @return what is there once d is no longer needed
   */
  List<Operand<T>> add(MixtureBlock<T> block, Operand<T> d) {
    Operand<T> share = tf.linalg.matMul(d, block.components());
    Operand<T> total = ofY.isPresent() ? tf.math.add(ofY.get(), share) : share;
    Operand<T> ofBlock = tf.linalg.matMul(d, y, MatMul.transposeA(true));
    Operand<T> ofTerm = tf.reduceSum(d, tf.constant(0));
    ofY = Optional.of(total);
    ofComponents.add(ofBlock);
    ofTerms.add(ofTerm);
    return List.of(total, ofBlock, ofTerm);
  }

  /** Those of rows, components and terms, after all blocks. */
  List<Operand<T>> all() {
    return List.of(ofY.orElseThrow(), joined(ofComponents), joined(ofTerms));
  }

  private Operand<T> joined(List<Operand<T>> parts) {
    return parts.size() == 1 ? parts.get(0) : tf.concat(parts, tf.constant(0));
  }
}
