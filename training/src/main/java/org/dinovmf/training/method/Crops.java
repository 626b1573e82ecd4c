package org.dinovmf.training.method;

import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.types.TBool;
import org.tensorflow.types.family.TFloating;

/**
 * What a micro-batch gives the graph.
 *
 * @param global {@code [2 * batch, height, width, channels]}, crop-major, normalized
 * @param local {@code [local crops * batch, height, width, channels]}, where there are any
 * @param mask {@code [2 * batch, patches]}, true where a patch of a global crop is masked for the
 *     student; where the method masks any
 */
public record Crops<T extends TFloating>(
    Operand<T> global, Optional<Operand<T>> local, Optional<Operand<TBool>> mask) {}
