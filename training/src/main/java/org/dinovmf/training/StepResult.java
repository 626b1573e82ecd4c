package org.dinovmf.training;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What one optimizer step measured; means over its micro-batches.
 *
 * @param loss what is minimized: the weighted sum of the terms
 * @param clsLoss cross-entropy over class tokens, nats; the loss itself where that is the only term
 * @param targetEntropy mean entropy of the teacher's distributions of class tokens, nats
 * @param gradientNorm norm of all gradients together, before clipping
 * @param measures of the other terms, by their names in the metrics
 * @param health whether the run learns, by {@link org.dinovmf.training.method.HealthMeasures}
 */
public record StepResult(
    double loss,
    double clsLoss,
    double targetEntropy,
    double gradientNorm,
    Map<String, Double> measures,
    Map<String, Double> health) {

  public StepResult {
    measures = Collections.unmodifiableMap(new LinkedHashMap<>(measures));
    health = Collections.unmodifiableMap(new LinkedHashMap<>(health));
  }

  /** What the metrics show beside the loss; nothing where the loss has one term. */
  public Map<String, Double> details() {
    Map<String, Double> details = new LinkedHashMap<>();
    if (!measures.isEmpty()) {
      details.put("loss_cls", clsLoss);
    }
    details.putAll(measures);
    return details;
  }

  /** Kullback-Leibler divergence from the teacher to the student on class tokens, nats. */
  public double divergence() {
    return clsLoss - targetEntropy;
  }
}
