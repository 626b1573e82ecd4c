package org.dinovmf.training;

import java.util.LinkedHashMap;
import java.util.Map;

/** The mean of what was measured several times. */
final class StepMean {

  private int count;
  private double loss;
  private double clsLoss;
  private double targetEntropy;
  private double gradientNorm;
  private final Map<String, Double> measures = new LinkedHashMap<>();
  private final Map<String, Double> health = new LinkedHashMap<>();

  void add(StepResult result) {
    count++;
    loss += result.loss();
    clsLoss += result.clsLoss();
    targetEntropy += result.targetEntropy();
    gradientNorm += result.gradientNorm();
    result.measures().forEach((name, value) -> measures.merge(name, value, Double::sum));
    result.health().forEach((name, value) -> health.merge(name, value, Double::sum));
  }

  int count() {
    return count;
  }

  StepResult get() {
    return new StepResult(
        loss / count,
        clsLoss / count,
        targetEntropy / count,
        gradientNorm / count,
        means(measures),
        means(health));
  }

  private Map<String, Double> means(Map<String, Double> sums) {
    Map<String, Double> means = new LinkedHashMap<>();
    sums.forEach((name, sum) -> means.put(name, sum / count));
    return means;
  }
}
