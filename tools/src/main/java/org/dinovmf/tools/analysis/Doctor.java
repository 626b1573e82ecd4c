package org.dinovmf.tools.analysis;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.dinovmf.tools.report.CollapseMode;
import org.dinovmf.tools.report.MetricsLog;
import org.dinovmf.training.analysis.Spread;
import org.dinovmf.training.method.HealthMeasures;

/**
 * Says whether a run learns, without labels: by its metrics, and by the embeddings of its newest
 * teacher where there are some. A network begins with a nearly uniform teacher, so reports of the
 * warm-up are passed over.
 */
public final class Doctor {

  /** The last so many reports are looked at together. */
  static final int WINDOW = 20;

  /** Fewer reports after the warm-up say nothing. */
  public static final int FEWEST = 3;

  /** Runs that learn were seen between 0.2 and 0.7, where an even spread has 1. */
  private static final double ONE_POINT_SPREAD = 0.05;

  /** A teacher below this share of ln K is sure of itself. */
  private static final double SURE = 0.1;

  /** Prototypes for a whole batch that leave a sure teacher next to nothing to say. */
  private static final double FEW_PROTOTYPES = 3;

  /** Crops of 8 images: fewer can share a few prototypes, and lie near each other, by right. */
  private static final int MANY_CROPS = 16;

  private Doctor() {}

  /**
   * What the metrics do not say.
   *
   * @param warmupEpochs that are passed over
   * @param globalCrops of a micro-batch
   */
  public record Run(double warmupEpochs, int globalCrops) {}

  /**
   * What the newest teacher makes of images.
   *
   * @param images that were embedded
   * @param effectiveRank of their embeddings on the sphere
   * @param dimension of the sphere
   * @param used prototypes that are the most probable one of an image
   * @param prototypes all of them
   */
  public record Embedded(
      int images, double effectiveRank, int dimension, Spread spread, int used, int prototypes) {}

  /**
   * A number and how to read it.
   *
   * @param name as in the metrics, where it is there
   */
  public record Sign(String name, double value, String meaning) {}

  /** What can be wrong. */
  public enum Verdict {
    UNIFORM_COLLAPSE,
    ONE_HOT_COLLAPSE,
    ONE_POINT;

    /** For people. */
    public String label() {
      return switch (this) {
        case UNIFORM_COLLAPSE -> "uniform collapse";
        case ONE_HOT_COLLAPSE -> "one-hot collapse";
        case ONE_POINT -> "one point";
      };
    }
  }

  /**
   * What is wrong.
   *
   * @param finding the evidence in one line
   * @param advice what to change
   */
  public record Finding(Verdict verdict, String finding, String advice) {}

  /**
   * The result.
   *
   * @param reports how many were looked at; with fewer than three there are no findings from them
   * @param findings empty where nothing is wrong
   */
  public record Diagnosis(int reports, List<Sign> signs, List<Finding> findings) {
    public Diagnosis {
      signs = List.copyOf(signs);
      findings = List.copyOf(findings);
    }

    /** Whether the run is too young to be judged. */
    public boolean isTooEarly() {
      return reports < FEWEST;
    }
  }

  /**
   * Looks at a run.
   *
   * @param embedded where images were at hand
   */
  public static Diagnosis examine(MetricsLog log, Run run, Optional<Embedded> embedded) {
    List<MetricsLog.Line> after =
        log.reports().stream().filter(line -> line.epoch() >= run.warmupEpochs()).toList();
    List<MetricsLog.Line> window = after.subList(Math.max(0, after.size() - WINDOW), after.size());
    List<Sign> signs = new ArrayList<>(signs(window));
    embedded.ifPresent(found -> signs.addAll(signs(found)));
    List<Finding> findings = new ArrayList<>();
    if (window.size() >= FEWEST) {
      collapse(window).or(() -> few(window, run.globalCrops())).ifPresent(findings::add);
    }
    boolean hasManyCrops = run.globalCrops() >= MANY_CROPS;
    double spread =
        embedded
            .map(found -> OptionalDouble.of(found.spread().mean()))
            .or(
                () ->
                    hasManyCrops
                        ? Optional.of(mean(window, HealthMeasures.SPREAD))
                        : Optional.empty())
            .orElse(OptionalDouble.empty())
            .orElse(Double.POSITIVE_INFINITY);
    if (window.size() >= FEWEST && findings.isEmpty() && spread < ONE_POINT_SPREAD) {
      findings.add(
          new Finding(
              Verdict.ONE_POINT,
              "the embeddings of different images are nearly one point (spread %s of 1)"
                  .formatted(Numbers.short3(spread)),
              "lower the learning rate, lengthen its warm-up, or add KoLeo (--koleo-weight 0.1), which pushes embeddings apart"));
    }
    return new Diagnosis(window.size(), signs, findings);
  }

  /** A mode that every report of the window is of. */
  private static Optional<Finding> collapse(List<MetricsLog.Line> window) {
    Optional<CollapseMode> mode = CollapseMode.of(signsOf(window.get(0)));
    if (mode.isEmpty()
        || !window.stream().allMatch(line -> CollapseMode.of(signsOf(line)).equals(mode))) {
      return Optional.empty();
    }
    MetricsLog.Line last = window.get(window.size() - 1);
    CollapseMode.Signs signs = signsOf(last);
    Verdict verdict =
        switch (mode.get()) {
          case UNIFORM -> Verdict.UNIFORM_COLLAPSE;
          case ONE_PROTOTYPE -> Verdict.ONE_HOT_COLLAPSE;
        };
    String advice =
        mode.get()
            .advice(last.get("teacher_temp").orElse(Double.NaN), Math.round(Math.exp(signs.lnK())));
    return Optional.of(new Finding(verdict, mode.get().finding(signs), advice));
  }

  /** Nearly the one prototype for all: a handful of them, and a teacher without a doubt. */
  private static Optional<Finding> few(List<MetricsLog.Line> window, int globalCrops) {
    OptionalDouble share = mean(window, HealthMeasures.DISTINCT);
    double count = share.orElse(Double.POSITIVE_INFINITY) * globalCrops;
    double entropy = mean(window, "teacher_entropy").orElse(Double.POSITIVE_INFINITY);
    double lnK = mean(window, "ln_k").orElse(0);
    boolean isSmall = globalCrops < MANY_CROPS || Math.exp(lnK) < 2 * FEW_PROTOTYPES;
    if (isSmall || count > FEW_PROTOTYPES || entropy > SURE * lnK) {
      return Optional.empty();
    }
    String finding =
        "the teacher is sure of itself (entropy %s of ln K = %s) and yet has only %s prototypes for the %d global crops of a batch"
            .formatted(
                Numbers.short3(entropy), Numbers.short3(lnK), Numbers.short3(count), globalCrops);
    double teacherTemp = window.get(window.size() - 1).get("teacher_temp").orElse(Double.NaN);
    return Optional.of(
        new Finding(
            Verdict.ONE_HOT_COLLAPSE,
            finding,
            CollapseMode.ONE_PROTOTYPE.advice(teacherTemp, Math.round(Math.exp(lnK)))
                + "; the center must follow the batches (--center-momentum 0.9)"));
  }

  private static CollapseMode.Signs signsOf(MetricsLog.Line line) {
    double lnK = line.get("ln_k").orElse(Double.NaN);
    return new CollapseMode.Signs(
        lnK,
        line.get("teacher_entropy").orElse(Double.NaN),
        lnK - line.get("gap").orElse(Double.NaN));
  }

  private static List<Sign> signs(List<MetricsLog.Line> window) {
    List<Sign> signs = new ArrayList<>();
    add(signs, window, "gap", "ln K less the loss; 0 where nothing is learned");
    add(signs, window, "ln_k", "entropy of a teacher that knows nothing");
    add(signs, window, "teacher_entropy", "ln K where the teacher is uniform, 0 where it is sure");
    add(signs, window, "kl", "from the teacher to the student, nats");
    add(
        signs,
        window,
        HealthMeasures.AGREEMENT,
        "crops whose most probable prototype is the teacher's of the other crop");
    add(
        signs,
        window,
        HealthMeasures.DISTINCT,
        "prototypes of a batch's global crops, over the crops; low where all have one");
    add(
        signs,
        window,
        HealthMeasures.SPREAD,
        "of a batch's embeddings; 1 where even on the sphere, 0 where one point");
    add(
        signs,
        window,
        HealthMeasures.RANK,
        "directions that a batch's embeddings fill, by their participation ratio");
    return signs;
  }

  private static List<Sign> signs(Embedded found) {
    return List.of(
        new Sign(
            "effective_rank",
            found.effectiveRank(),
            "of the embeddings of %d images, of at most %d"
                .formatted(found.images(), Math.min(found.dimension(), found.images() - 1))),
        new Sign("spread", found.spread().mean(), "of the same embeddings, mean of the dimensions"),
        new Sign("smallest_spread", found.spread().smallest(), "of a dimension"),
        new Sign(
            "used_share",
            (double) found.used() / Math.min(found.prototypes(), found.images()),
            "%d of %d prototypes are the most probable one of an image; share of what is possible"
                .formatted(found.used(), found.prototypes())));
  }

  private static void add(
      List<Sign> signs, List<MetricsLog.Line> window, String name, String meaning) {
    mean(window, name).ifPresent(value -> signs.add(new Sign(name, value, meaning)));
  }

  private static OptionalDouble mean(List<MetricsLog.Line> window, String name) {
    return window.stream()
        .map(line -> line.get(name))
        .filter(OptionalDouble::isPresent)
        .mapToDouble(OptionalDouble::getAsDouble)
        .average();
  }
}
