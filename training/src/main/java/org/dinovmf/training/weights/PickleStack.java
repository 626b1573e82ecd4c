package org.dinovmf.training.weights;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The stack of a pickle's machine. No instruction reaches below the last mark. */
final class PickleStack {

  private final List<PickleValue> values = new ArrayList<>();
  private final Deque<Integer> marks = new ArrayDeque<>();

  void push(PickleValue value) {
    values.add(value);
  }

  void mark() {
    marks.push(values.size());
  }

  PickleValue top() throws FormatException {
    requireAbove(1);
    return values.get(values.size() - 1);
  }

  PickleValue pop() throws FormatException {
    requireAbove(1);
    return values.remove(values.size() - 1);
  }

  /** The last values in the order in which they came. */
  List<PickleValue> pop(int count) throws FormatException {
    requireAbove(count);
    return takeFrom(values.size() - count);
  }

  List<PickleValue> popToMark() throws FormatException {
    if (marks.isEmpty()) {
      throw new FormatException("the pickle ends a list that it did not begin");
    }
    return takeFrom(marks.pop());
  }

  private List<PickleValue> takeFrom(int first) {
    List<PickleValue> above = values.subList(first, values.size());
    List<PickleValue> taken = new ArrayList<>(above);
    above.clear();
    return taken;
  }

  private void requireAbove(int count) throws FormatException {
    int floor = marks.isEmpty() ? 0 : marks.peek();
    if (values.size() - floor < count) {
      throw new FormatException("the pickle uses values that are not there");
    }
  }
}
