package org.dinovmf.tools.report;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.dinovmf.training.TrainListener.Report;

/** Watches a run for the modes of collapse, and names each once. */
final class Collapse {

  /** So many reports must agree, one after the other. */
  static final int WINDOW = 20;

  private final double warmupEpochs;
  private final Set<CollapseMode> told = EnumSet.noneOf(CollapseMode.class);
  private Optional<CollapseMode> last = Optional.empty();
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
    CollapseMode.Signs signs =
        new CollapseMode.Signs(lnK(report), report.mean().targetEntropy(), report.mean().clsLoss());
    Optional<CollapseMode> mode =
        report.epoch() < warmupEpochs ? Optional.empty() : CollapseMode.of(signs);
    sameReports = mode.equals(last) ? sameReports + 1 : 1;
    last = mode;
    return mode.filter(found -> sameReports >= WINDOW && told.add(found))
        .map(
            found ->
                "warning: %s; %s"
                    .formatted(
                        found.finding(signs),
                        found.advice(report.values().teacherTemp(), report.kappa().length)));
  }
}
