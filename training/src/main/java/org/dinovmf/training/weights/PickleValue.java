package org.dinovmf.training.weights;

import java.util.List;
import java.util.Map;

/** What a pickle of a checkpoint can hold. */
sealed interface PickleValue {

  /** Python's None. */
  enum None implements PickleValue {
    INSTANCE
  }

  /** A truth value. */
  record Flag(boolean value) implements PickleValue {}

  /** A whole number of at most 64 bits. */
  record Whole(long value) implements PickleValue {}

  /** A whole number of more bits, as hexadecimal digits. */
  record Large(String hex) implements PickleValue {}

  /** A floating-point number. */
  record Real(double value) implements PickleValue {}

  /** A string. */
  record Text(String value) implements PickleValue {}

  /** A list, tuple or set; grows while it is read. */
  record Items(List<PickleValue> values, boolean isTuple) implements PickleValue {}

  /** A dictionary with words and numbers as keys; grows while it is read. */
  record Table(Map<PickleValue, PickleValue> values) implements PickleValue {}

  /** A class or function of the closed list. */
  record Name(PickleName value) implements PickleValue {}

  /** An object of which nothing is needed. */
  enum Unneeded implements PickleValue {
    INSTANCE
  }

  /**
   * Elements that lie outside of the pickle.
   *
   * @param elements how many the pickle says there are
   */
  record StorageKey(String key, ElementType type, long elements) implements PickleValue {}

  /** A view into a storage. */
  record View(StorageKey storage, long offset, List<Long> shape, List<Long> strides)
      implements PickleValue {}
}
