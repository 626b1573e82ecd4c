package org.dinovmf.tools.report;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.dinovmf.training.TrainListener.Report;

/**
 * Watches for the two ways in which self-distillation can stop to learn, and names each once.
 *
 * <p>The loss is the teacher's entropy plus the divergence of the student from the teacher. Where
 * every target is uniform, entropy and loss stay at ln K; where all images have the same prototype,
 * both go to 0. Entropy alone does not tell the latter: a teacher may be sure of itself and yet
 * give different images different prototypes, and then the loss is above 0.
 */
final class Collapse {

  /** How near to its bound a value must be, as a share of ln K. */
  private static final double NEAR = 0.01;

  /** So many reports must agree, one after the other. */
  static final int WINDOW = 20;

  private enum Mode {
    UNIFORM,
    ONE_PROTOTYPE
  }

  private final double warmupEpochs;
  private final Set<Mode> told = EnumSet.noneOf(Mode.class);
  private Optional<Mode> last = Optional.empty();
  private int sameReports;

  /**
   * Watches a run.
   *
   * @param warmupEpochs a network begins with a nearly uniform teacher, so the first epochs, while
   *     the rate rises or the last layer is frozen, are passed over
   */
  Collapse(double warmupEpochs) {
    this.warmupEpochs = warmupEpochs;
  }

  /** The entropy of the uniform distribution over the prototypes, in nats. */
  static double lnK(Report report) {
    return Math.log(report.kappa().length);
  }

  /** A warning, where a report completes a window. */
  Optional<String> watch(Report report) {
    Optional<Mode> mode = report.epoch() < warmupEpochs ? Optional.empty() : mode(report);
    sameReports = mode.equals(last) ? sameReports + 1 : 1;
    last = mode;
    return mode.filter(found -> sameReports >= WINDOW && told.add(found))
        .map(found -> warning(found, report));
  }

  private static Optional<Mode> mode(Report report) {
    double lnK = lnK(report);
    if (report.mean().targetEntropy() > (1 - NEAR) * lnK) {
      return Optional.of(Mode.UNIFORM);
    }
    if (report.mean().clsLoss() < NEAR * lnK) {
      return Optional.of(Mode.ONE_PROTOTYPE);
    }
    return Optional.empty();
  }

  private static String warning(Mode mode, Report report) {
    return switch (mode) {
      case UNIFORM ->
          String.format(
              Locale.ROOT,
              "warning: the teacher is uniform (entropy %.3f of ln K = %.3f), so the loss stays at ln K and nothing is learned; lower the teacher temperature (now %.3f; 0.02 has helped), lengthen the warm-up, or take fewer prototypes (now %d)",
              report.mean().targetEntropy(),
              lnK(report),
              report.values().teacherTemp(),
              report.kappa().length);
      case ONE_PROTOTYPE ->
          String.format(
              Locale.ROOT,
              "warning: the teacher gives all images the same prototype (loss %.3f, teacher entropy %.3f), so nothing is learned; raise the teacher temperature (now %.3f), lower the learning rate, or take larger batches for a steadier center",
              report.mean().clsLoss(),
              report.mean().targetEntropy(),
              report.values().teacherTemp());
    };
  }
}
