package org.dinovmf.training.method;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.family.TFloating;

/**
 * The loss of a micro-batch, and what goes with it.
 *
 * @param loss scalar, what is minimized: the weighted sum of the terms
 * @param clsLoss scalar, the term over class tokens, without its weight
 * @param targetEntropy scalar, mean entropy of the targets of the class tokens, nats
 * @param measures scalars of the other terms by their names in the metrics
 * @param health scalars that nothing depends on, by {@link HealthMeasures}
 * @param centers what must be remembered for the next step
 */
public record Objective<T extends TFloating>(
    Operand<T> loss,
    Operand<T> clsLoss,
    Operand<T> targetEntropy,
    Map<String, Operand<T>> measures,
    Map<String, Operand<T>> health,
    List<RunningCenter<T>> centers) {

  public Objective {
    measures = Collections.unmodifiableMap(new LinkedHashMap<>(measures));
    health = Collections.unmodifiableMap(new LinkedHashMap<>(health));
    centers = List.copyOf(centers);
  }
}
