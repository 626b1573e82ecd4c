package org.dinovmf.tools.inspect;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a path holds.
 *
 * @param facts about it, by name, in the order to be shown
 * @param flags what whoever loads it should know: damage, and ops that reach outside of the model
 */
public record Inspection(
    String kind,
    String path,
    Map<String, String> facts,
    List<Tensor> tensors,
    List<FileSum> files,
    List<String> flags) {

  public Inspection {
    facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
    tensors = List.copyOf(tensors);
    files = List.copyOf(files);
    flags = List.copyOf(flags);
  }

  /** The bytes of all tensors. */
  public long tensorBytes() {
    return tensors.stream().mapToLong(Tensor::bytes).sum();
  }

  /** An array of numbers or strings. */
  public record Tensor(String name, String type, List<Long> shape, long bytes) {
    public Tensor {
      shape = List.copyOf(shape);
    }
  }
}
