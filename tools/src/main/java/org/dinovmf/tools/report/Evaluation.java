package org.dinovmf.tools.report;

import java.io.IOException;
import java.util.Optional;
import org.dinovmf.training.eval.KnnAccuracy;

/** Measures the present teacher; called from the training thread. */
@FunctionalInterface
public interface Evaluation {

  /** The accuracy of the present teacher, or nothing where there are no labels. */
  Optional<KnnAccuracy> evaluate() throws IOException;

  /** For a run without labels. */
  static Evaluation none() {
    return Optional::empty;
  }
}
