package org.dinovmf.training.weights;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.dinovmf.training.weights.PickleValue.Items;
import org.dinovmf.training.weights.PickleValue.StorageKey;
import org.dinovmf.training.weights.PickleValue.Table;
import org.dinovmf.training.weights.PickleValue.Unneeded;
import org.dinovmf.training.weights.PickleValue.View;
import org.dinovmf.training.weights.PickleValue.Whole;

/** What the calls in a checkpoint's pickle stand for. */
final class PickleObjects {

  /** More than any weight of a network has; a short shape can be copied for every call. */
  private static final int MAX_AXES = 8;

  /** How many pairs may still be copied: lists can be given to any number of calls. */
  private long pairsLeft;

  /**
   * For one pickle.
   *
   * @param bytes of the pickle; each pair that it holds takes more than one
   */
  PickleObjects(long bytes) {
    this.pairsLeft = bytes;
  }

  /** The value of a call, made from its arguments without calling anything. */
  PickleValue make(PickleName name, List<PickleValue> arguments) throws FormatException {
    return switch (name) {
      case ORDERED_DICT -> orderedTable(arguments);
      case REBUILD_TENSOR, REBUILD_TENSOR_V2 -> view(arguments);
      case REBUILD_PARAMETER -> parameter(arguments);
      case SIZE -> size(arguments);
      case NAMESPACE,
          DEVICE,
          SET,
          OLD_SET,
          SCALAR,
          NEW_SCALAR,
          RECONSTRUCT,
          NEW_RECONSTRUCT,
          DTYPE,
          ARRAY,
          ENCODE ->
          Unneeded.INSTANCE;
      case DOUBLE_STORAGE,
          FLOAT_STORAGE,
          HALF_STORAGE,
          BFLOAT16_STORAGE,
          LONG_STORAGE,
          INT_STORAGE,
          SHORT_STORAGE,
          CHAR_STORAGE,
          BYTE_STORAGE,
          BOOL_STORAGE ->
          throw new FormatException("the pickle makes a storage by itself");
    };
  }

  /** Empty, or from a list of pairs. */
  private Table orderedTable(List<PickleValue> arguments) throws FormatException {
    Table table = new Table(new LinkedHashMap<>());
    if (arguments.isEmpty()) {
      return table;
    }
    if (arguments.size() == 1 && arguments.get(0) instanceof Items pairs) {
      pairsLeft -= pairs.values().size();
      if (pairsLeft < 0) {
        throw new FormatException("the pickle makes more dictionaries than it has pairs for");
      }
      for (PickleValue pair : pairs.values()) {
        if (!(pair instanceof Items both)
            || both.values().size() != 2
            || !(both.values().get(0) instanceof PickleValue.Text key)) {
          throw new FormatException("an ordered dictionary must be made from pairs");
        }
        table.values().put(key, both.values().get(1));
      }
      return table;
    }
    throw new FormatException("an ordered dictionary must be made from pairs");
  }

  private static View view(List<PickleValue> arguments) throws FormatException {
    if (arguments.size() < 4
        || !(arguments.get(0) instanceof StorageKey storage)
        || !(arguments.get(1) instanceof Whole offset)) {
      throw new FormatException("a tensor must be made from a storage, offset, shape and strides");
    }
    return new View(storage, offset.value(), wholes(arguments.get(2)), wholes(arguments.get(3)));
  }

  private static List<Long> wholes(PickleValue value) throws FormatException {
    if (!(value instanceof Items items)) {
      throw new FormatException("a shape must be a tuple");
    }
    if (items.values().size() > MAX_AXES) {
      throw new FormatException(
          "a shape must have at most %d axes, but has %d"
              .formatted(MAX_AXES, items.values().size()));
    }
    List<Long> numbers = new ArrayList<>();
    for (PickleValue item : items.values()) {
      if (!(item instanceof Whole whole)) {
        throw new FormatException("a shape must consist of whole numbers");
      }
      numbers.add(whole.value());
    }
    return numbers;
  }

  private static View parameter(List<PickleValue> arguments) throws FormatException {
    if (!arguments.isEmpty() && arguments.get(0) instanceof View view) {
      return view;
    }
    throw new FormatException("a parameter must be made from a tensor");
  }

  private static Items size(List<PickleValue> arguments) throws FormatException {
    if (arguments.size() == 1 && arguments.get(0) instanceof Items items) {
      return items;
    }
    throw new FormatException("a size must be made from a tuple");
  }
}
