package org.dinovmf.training.method;

import org.dinovmf.training.loss.Center;

/**
 * A training method.
 *
 * @param prototypes kind of the mixture components
 * @param center what is subtracted from the teacher's logits
 * @param centerMomentum share of the old center in the new one
 * @param studentTemp temperature of the student
 */
public record Method(
    PrototypeKind prototypes, Center center, double centerMomentum, double studentTemp) {

  /** The published code's fixed values. */
  private static final double CENTER_MOMENTUM = 0.9;

  private static final double STUDENT_TEMP = 0.1;

  public Method {
    if (!(centerMomentum >= 0 && centerMomentum <= 1) || !(studentTemp > 0)) {
      throw new IllegalArgumentException(
          "the center momentum must be in [0, 1] and the student temperature positive: centerMomentum=%s, studentTemp=%s"
              .formatted(centerMomentum, studentTemp));
    }
  }

  /** DINO with prototypes of length 1 and the center of raw scores. */
  public static Method dino() {
    return new Method(PrototypeKind.UNIT, Center.LOGIT, CENTER_MOMENTUM, STUDENT_TEMP);
  }

  /** DINO-vMF with the center in probability space. */
  public static Method dinoVmf() {
    return new Method(PrototypeKind.VMF, Center.PROBABILITY, CENTER_MOMENTUM, STUDENT_TEMP);
  }
}
