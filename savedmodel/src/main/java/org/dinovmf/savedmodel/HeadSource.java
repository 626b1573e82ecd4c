package org.dinovmf.savedmodel;

import org.dinovmf.graph.HeadConfig;
import org.dinovmf.graph.Prototypes;

/**
 * The head behind an encoder, as a checkpoint has it.
 *
 * @param sizes of the head
 * @param prototypes their kind
 * @param temperature of the teacher at the end of its schedule: a prototype's concentration is its
 *     length over it
 * @param weights where the checkpoint has the head, such as {@code teacher/head}
 */
public record HeadSource(
    HeadConfig sizes, Prototypes prototypes, double temperature, String weights) {

  public HeadSource {
    if (!(temperature > 0)) {
      throw new IllegalArgumentException("the temperature must be positive but is " + temperature);
    }
  }

  /** Whether images can be assigned to the prototypes: the normalizer makes them a mixture. */
  boolean isMixture() {
    return prototypes instanceof Prototypes.Vmf;
  }
}
