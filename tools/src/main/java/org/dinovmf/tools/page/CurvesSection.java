package org.dinovmf.tools.page;

import java.io.IOException;
import java.util.List;
import java.util.OptionalDouble;
import org.dinovmf.tools.report.MetricsLog;
import org.dinovmf.training.method.HealthMeasures;

/** What the metrics of a run show over its steps. */
final class CurvesSection {

  private static final String STEP = "optimizer step";

  private CurvesSection() {}

  static String html(MetricsLog log) throws IOException {
    if (log.reports().isEmpty()) {
      return Html.section(
          "curves", "Curves", Html.note("The run has no metrics.jsonl, so there are none."));
    }
    List<MetricsLog.Line> lines = log.reports();
    StringBuilder charts = new StringBuilder("<div class=\"charts\">");
    charts.append(
        Charts.lines(
            "Loss and its parts, nats",
            STEP,
            List.of(
                of("loss", lines, "loss"),
                of("teacher entropy", lines, "teacher_entropy"),
                of("KL", lines, "kl"),
                of("ln K", lines, "ln_k"))));
    if (!log.evaluations().isEmpty()) {
      charts.append(
          Charts.lines(
              "Nearest-neighbor accuracy, %",
              STEP,
              List.of(
                  of("top 1", log.evaluations(), "knn_top1"),
                  of("top 5", log.evaluations(), "knn_top5"))));
    }
    charts.append(
        Charts.lines(
            "Concentration of the student's prototypes",
            STEP,
            List.of(
                of("least", lines, "kappa_min"),
                of("10 %", lines, "kappa_p10"),
                of("median", lines, "kappa_median"),
                of("90 %", lines, "kappa_p90"),
                of("greatest", lines, "kappa_max"))));
    charts.append(
        Charts.lines(
            "Health of the teacher",
            STEP,
            List.of(
                of("agreement", lines, HealthMeasures.AGREEMENT),
                of("distinct prototypes", lines, HealthMeasures.DISTINCT),
                of("spread", lines, HealthMeasures.SPREAD))));
    charts.append(
        Charts.lines(
            "Directions that a batch's embeddings fill",
            STEP,
            List.of(of("rank", lines, HealthMeasures.RANK))));
    charts.append(
        Charts.lines("Gradient norm", STEP, List.of(of("gradient norm", lines, "grad_norm"))));
    charts.append(
        Charts.lines("Images a second", STEP, List.of(of("images", lines, "images_per_s"))));
    charts.append("</div>");
    String note =
        Html.note(
            "The loss is the teacher's entropy plus the divergence of the student from it; one that stays at ln K"
                + " learns nothing. Agreement: the student's most probable prototype of a crop is the teacher's of the"
                + " image's other crop. Spread is 1 for embeddings that are even on the sphere.");
    return Html.section("curves", "Curves", note + charts);
  }

  static String schedules(MetricsLog log) throws IOException {
    List<MetricsLog.Line> lines = log.reports();
    if (lines.isEmpty()) {
      return "";
    }
    String charts =
        String.join(
            "",
            "<div class=\"charts\">",
            Charts.lines("Learning rate", STEP, List.of(of("lr", lines, "lr"))),
            Charts.lines("Weight decay", STEP, List.of(of("wd", lines, "wd"))),
            Charts.lines(
                "Teacher temperature", STEP, List.of(of("temperature", lines, "teacher_temp"))),
            Charts.lines(
                "Teacher momentum", STEP, List.of(of("momentum", lines, "teacher_momentum"))),
            "</div>");
    return Html.section("schedules", "Schedules", charts);
  }

  /** The values that the lines have under a name, over their steps. */
  static Charts.Series of(String shown, List<MetricsLog.Line> lines, String name) {
    List<MetricsLog.Line> having =
        lines.stream().filter(line -> line.get(name).isPresent()).toList();
    return new Charts.Series(
        shown,
        having.stream().mapToDouble(MetricsLog.Line::step).toArray(),
        having.stream()
            .map(line -> line.get(name))
            .mapToDouble(OptionalDouble::getAsDouble)
            .toArray());
  }
}
