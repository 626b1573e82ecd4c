package org.dinovmf.training.weights;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a file of weights holds, in its order.
 *
 * @param groups tensors by their names, in one or more tables; the file's outermost table has the
 *     name ""
 * @param others names of what is no table of tensors, such as an epoch or an optimizer's state
 * @param metadata words that the file has about itself
 */
record TensorTable(
    Map<String, Map<String, StoredTensor>> groups,
    List<String> others,
    Map<String, String> metadata) {

  TensorTable {
    groups = Collections.unmodifiableMap(new LinkedHashMap<>(groups));
    others = List.copyOf(others);
    metadata = Map.copyOf(metadata);
  }
}
