package org.dinovmf.training;

/** How far a step is done; each includes the ones before. */
public enum StepPart {
  /** Student, teacher and loss. */
  FORWARD,
  /** The gradients, and their norm. */
  BACKWARD
}
