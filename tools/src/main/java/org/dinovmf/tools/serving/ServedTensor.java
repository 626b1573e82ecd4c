package org.dinovmf.tools.serving;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorInfo;

/**
 * An input or output of a signature.
 *
 * @param sizes without the batch
 */
record ServedTensor(String name, DataType type, List<Long> sizes) {

  /** The tensors of a signature, by name. */
  static List<ServedTensor> of(Map<String, TensorInfo> tensors) {
    return new TreeMap<>(tensors)
        .entrySet().stream()
            .map(
                tensor ->
                    new ServedTensor(
                        tensor.getKey(),
                        tensor.getValue().getDtype(),
                        tensor.getValue().getTensorShape().getDimList().stream()
                            .skip(1)
                            .map(dim -> dim.getSize())
                            .toList()))
            .toList();
  }
}
