package org.dinovmf.training.method;

import java.util.Locale;

/**
 * Whether patches have prototypes of their own; the head below them is always the same. A weight
 * that only the student has takes no part in the teacher's moving average.
 */
public enum LastLayers {
  /** One set of prototypes for class tokens and patches, in both networks; the released runs. */
  SHARED,
  /** Two sets in both networks. */
  SEPARATE,
  /**
   * Two sets in the student, one in the teacher: the defaults of iBOT's script. The teacher's
   * starts equal to the student's for patches, since there the student's weights are copied by name
   * and both names are the teacher's one layer; then it follows the student's for class tokens.
   */
  STUDENT_SEPARATE;

  /** Whether a network has a set for patches alone. */
  public boolean areSeparate(boolean isTeacher) {
    return switch (this) {
      case SHARED -> false;
      case SEPARATE -> true;
      case STUDENT_SEPARATE -> !isTeacher;
    };
  }

  /** The name, below a network, as which a weight of the teacher starts. */
  public String startOfTeacher(String name) {
    return switch (this) {
      case SHARED, SEPARATE -> name;
      case STUDENT_SEPARATE -> Network.ofPatches(name);
    };
  }

  /** {@code student-separate}, as an option value. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
