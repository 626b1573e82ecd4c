package org.dinovmf.training;

/**
 * What one optimizer step measured; means over its micro-batches.
 *
 * @param loss cross-entropy, nats
 * @param targetEntropy mean entropy of the teacher's distributions, nats
 * @param gradientNorm norm of all gradients together, before clipping
 */
public record StepResult(double loss, double targetEntropy, double gradientNorm) {

  /** Kullback-Leibler divergence from the teacher to the student, nats. */
  public double divergence() {
    return loss - targetEntropy;
  }
}
