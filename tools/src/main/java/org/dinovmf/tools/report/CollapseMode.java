package org.dinovmf.tools.report;

import java.util.Locale;
import java.util.Optional;

/**
 * The two ways in which self-distillation can stop to learn.
 *
 * <p>The loss is the teacher's entropy plus the divergence of the student from the teacher. Where
 * every target is uniform, entropy and loss stay at ln K; where all images have the same prototype,
 * both go to 0. Entropy alone does not tell the latter: a teacher may be sure of itself and yet
 * give different images different prototypes, and then the loss is above 0.
 */
public enum CollapseMode {
  /** Every prototype is as likely as any other for every image. */
  UNIFORM,
  /** All images have the same prototype. */
  ONE_PROTOTYPE;

  /** How near to its bound a value must be, as a share of ln K. */
  private static final double NEAR = 0.01;

  /**
   * What the mode is told by.
   *
   * @param lnK entropy of the uniform distribution over the prototypes, nats
   * @param teacherEntropy mean over the targets, nats
   * @param clsLoss cross-entropy over class tokens, nats
   */
  public record Signs(double lnK, double teacherEntropy, double clsLoss) {}

  /** The mode that the signs are of, if any. */
  public static Optional<CollapseMode> of(Signs signs) {
    if (signs.teacherEntropy() > (1 - NEAR) * signs.lnK()) {
      return Optional.of(UNIFORM);
    }
    if (signs.clsLoss() < NEAR * signs.lnK()) {
      return Optional.of(ONE_PROTOTYPE);
    }
    return Optional.empty();
  }

  /** What the signs show. */
  public String finding(Signs signs) {
    return switch (this) {
      case UNIFORM ->
          String.format(
              Locale.ROOT,
              "the teacher is uniform (entropy %.3f of ln K = %.3f), so the loss stays at ln K and nothing is learned",
              signs.teacherEntropy(),
              signs.lnK());
      case ONE_PROTOTYPE ->
          String.format(
              Locale.ROOT,
              "the teacher gives all images the same prototype (loss %.3f, teacher entropy %.3f), so nothing is learned",
              signs.clsLoss(),
              signs.teacherEntropy());
    };
  }

  /**
   * What has helped.
   *
   * @param teacherTemp the present one
   * @param prototypes how many
   */
  public String advice(double teacherTemp, long prototypes) {
    return switch (this) {
      case UNIFORM ->
          String.format(
              Locale.ROOT,
              "lower the teacher temperature (now %.3f; 0.02 has helped), lengthen the warm-up, or take fewer prototypes (now %d)",
              teacherTemp,
              prototypes);
      case ONE_PROTOTYPE ->
          String.format(
              Locale.ROOT,
              "raise the teacher temperature (now %.3f), lower the learning rate, or take larger batches for a steadier center",
              teacherTemp);
    };
  }
}
