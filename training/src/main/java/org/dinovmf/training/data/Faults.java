package org.dinovmf.training.data;

import java.util.ArrayList;
import java.util.List;

/** Gathers the faults of one configuration, so that a user sees all of them at once. */
final class Faults {

  private final List<String> found = new ArrayList<>();

  Faults require(boolean holds, String message) {
    if (!holds) {
      found.add(message);
    }
    return this;
  }

  /** Also refuses NaN, which no comparison holds for. */
  Faults requireProbability(String name, double value) {
    return require(value >= 0 && value <= 1, name + " must lie in [0, 1], but is " + value);
  }

  void throwIfAny() {
    if (!found.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", found));
    }
  }
}
