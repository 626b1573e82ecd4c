package org.dinovmf.savedmodel;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dinovmf.graph.WeightStore.Variable;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Finds out, weight by weight, why a checkpoint does not fit an encoder. */
final class CheckpointFaults {

  private static final int NAMES_SHOWN = 5;

  private CheckpointFaults() {}

  /** One line that names what is missing or of another shape; empty if every weight is fine. */
  static Optional<String> describe(Path checkpointPrefix, List<Variable<TFloat32>> variables) {
    List<String> missing = new ArrayList<>();
    for (Variable<TFloat32> variable : variables) {
      Optional<Shape> found = shape(checkpointPrefix, variable.name());
      if (found.isEmpty()) {
        missing.add(variable.name());
      } else if (!found.get().equals(variable.shape())) {
        return Optional.of(
            "weight '%s' is %s here but %s in '%s': another size of encoder?"
                .formatted(variable.name(), variable.shape(), found.get(), checkpointPrefix));
      }
    }
    if (missing.isEmpty()) {
      return Optional.empty();
    }
    String shown = String.join(", ", missing.subList(0, Math.min(NAMES_SHOWN, missing.size())));
    return Optional.of(
        "checkpoint '%s' lacks %d of %d weights of the encoder: %s"
            .formatted(
                checkpointPrefix,
                missing.size(),
                variables.size(),
                missing.size() > NAMES_SHOWN ? shown + ", ..." : shown));
  }

  private static Optional<Shape> shape(Path checkpointPrefix, String name) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      var restored =
          tf.train.restore(
              tf.constant(checkpointPrefix.toString()),
              tf.array(name),
              tf.array(""),
              List.of(TFloat32.class));
      try (Session session = new Session(graph);
          Result result = session.runner().fetch(restored.tensors().get(0)).run()) {
        return Optional.of(result.get(0).shape());
      } catch (TensorFlowException | IllegalArgumentException e) {
        return Optional.empty();
      }
    }
  }
}
