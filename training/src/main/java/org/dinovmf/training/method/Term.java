package org.dinovmf.training.method;

import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/** What the loss may hold beside the cross-entropy over class tokens. */
sealed interface Term permits PatchTerm, KoLeoTerm {

  /**
   * A term in the graph.
   *
   * @param value scalar, without its weight
   * @param centers what must be remembered
   * @param measures scalars for the metrics
   */
  record Built<T extends TFloating>(
      Operand<T> value, List<RunningCenter<T>> centers, Map<String, Operand<T>> measures) {}

  /** Share of the term in the loss. */
  double weight();

  /** Adds the term to the graph. */
  <T extends TFloating> Built<T> build(Ops tf, Pair<T> pair, TeacherTarget target);
}
