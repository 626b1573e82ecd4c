package org.dinovmf.training.method;

import java.util.Optional;
import org.dinovmf.graph.WeightStore;
import org.tensorflow.Operand;
import org.tensorflow.types.TBool;
import org.tensorflow.types.family.TFloating;

/**
 * Student and teacher on a micro-batch.
 *
 * @param mask {@code [2 * batch, patches]}, true where a patch is masked for the student
 * @param batch images of the micro-batch
 * @param store holds what terms remember from step to step
 */
public record Pair<T extends TFloating>(
    Network<T> student,
    Network<T> teacher,
    Temperatures<T> temperatures,
    Optional<Operand<TBool>> mask,
    int batch,
    WeightStore<T> store) {

  /** Scalars. */
  public record Temperatures<T extends TFloating>(
      Operand<T> student, Operand<T> teacher, Operand<T> teacherPatch) {}
}
