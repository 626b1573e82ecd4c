package org.dinovmf.training.method;

import java.util.Locale;
import org.dinovmf.training.loss.Center;

/** Names of the teacher's targets, for configuration. */
public enum TargetKind {
  CENTERED,
  SINKHORN;

  TeacherTarget of(Center center, double momentum) {
    return switch (this) {
      case CENTERED -> new TeacherTarget.Centered(center, momentum);
      case SINKHORN -> new TeacherTarget.Sinkhorn();
    };
  }

  /** {@code sinkhorn}, as an option value. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
