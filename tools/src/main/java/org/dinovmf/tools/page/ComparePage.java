package org.dinovmf.tools.page;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.dinovmf.tools.analysis.Doctor.Diagnosis;
import org.dinovmf.tools.analysis.Numbers;
import org.dinovmf.tools.analysis.PrototypeStudy;
import org.dinovmf.tools.report.MetricsLog;
import org.dinovmf.training.RunRecord;
import org.dinovmf.training.method.HealthMeasures;

/** Several runs side by side: what they came to, how they went, and where their settings differ. */
public final class ComparePage {

  private static final String STEP = "optimizer step";
  private static final String NOTHING = "-";

  private ComparePage() {}

  /**
   * One of the runs.
   *
   * @param summary of its prototypes, where there were images to show them
   */
  public record Compared(
      String name,
      RunRecord record,
      MetricsLog log,
      Diagnosis diagnosis,
      Optional<PrototypeStudy.Summary> summary) {}

  /** The page as one file. */
  public static String html(List<Compared> runs) throws IOException {
    String title =
        runs.stream().map(Compared::name).collect(Collectors.joining(" and ", "Compared: ", ""));
    String body =
        String.join(
            "",
            "<h1>%s</h1>%n".formatted(Html.escape(title)),
            Html.section("results", "Results", results(runs)),
            Html.section("curves", "Curves", curves(runs)),
            Html.section("settings", "Settings that differ", settings(runs)),
            "<footer>Made by dino-vmf report --compare.</footer>");
    return Html.page(title, body);
  }

  private static String results(List<Compared> runs) {
    List<String> heading = new ArrayList<>(List.of(""));
    runs.forEach(run -> heading.add(run.name()));
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        row(runs, "prototypes", r -> r.record().config().model().method().prototypes().label()));
    rows.add(row(runs, "steps", ComparePage::steps));
    rows.add(row(runs, "kNN top 1 at the end, %", r -> last(r.log().evaluations(), "knn_top1")));
    rows.add(row(runs, "best kNN top 1, %", ComparePage::best));
    rows.add(
        row(
            runs,
            "by the 20 nearest others",
            r ->
                r.summary()
                    .filter(s -> s.knn().isPresent())
                    .map(s -> Numbers.percent(s.knn().getAsDouble()))
                    .orElse(NOTHING)));
    rows.add(row(runs, "loss, nats", r -> last(r.log().reports(), "loss")));
    rows.add(row(runs, "below ln K", r -> last(r.log().reports(), "gap")));
    rows.add(summary(runs, "prototypes used", s -> s.used() + " of " + s.prototypes()));
    rows.add(summary(runs, "unique prototypes", s -> Integer.toString(s.unique())));
    rows.add(summary(runs, "unique and used", s -> Integer.toString(s.usedGroups())));
    rows.add(
        summary(runs, "entropy of the shares, nats", s -> Numbers.short3(s.marginalEntropy())));
    rows.add(
        summary(
            runs, "kappa against that of the images", s -> Numbers.short3(s.kappaCorrelation())));
    rows.add(
        row(runs, "median kappa of the student", r -> last(r.log().reports(), "kappa_median")));
    rows.add(row(runs, "health", r -> health(r.diagnosis())));
    return Html.note(
            "Prototypes are counted on the images that each teacher was shown; a number that is not there is a dash.")
        + Html.table(heading, rows);
  }

  private static String health(Diagnosis diagnosis) {
    if (diagnosis.findings().isEmpty()) {
      return diagnosis.isTooEarly() ? "too early to say" : "healthy";
    }
    return diagnosis.findings().stream()
        .map(finding -> finding.verdict().label())
        .collect(Collectors.joining(", "));
  }

  private static String steps(Compared run) {
    List<MetricsLog.Line> lines = run.log().reports();
    return lines.isEmpty() ? NOTHING : Long.toString(lines.get(lines.size() - 1).step());
  }

  private static String best(Compared run) {
    return Numbers.short3(
        run.log().evaluations().stream()
            .flatMapToDouble(line -> line.get("knn_top1").stream())
            .max());
  }

  private static String last(List<MetricsLog.Line> lines, String name) {
    return lines.isEmpty() ? NOTHING : Numbers.short3(lines.get(lines.size() - 1).get(name));
  }

  private static List<String> summary(
      List<Compared> runs, String name, Function<PrototypeStudy.Summary, String> value) {
    return row(runs, name, run -> run.summary().map(value).orElse(NOTHING));
  }

  private static List<String> row(
      List<Compared> runs, String name, Function<Compared, String> value) {
    List<String> row = new ArrayList<>(List.of(name));
    runs.forEach(run -> row.add(value.apply(run)));
    return row;
  }

  private static String curves(List<Compared> runs) throws IOException {
    StringBuilder html = new StringBuilder("<div class=\"charts\">");
    List<Charts.Series> accuracy = new ArrayList<>();
    for (Compared run : runs) {
      accuracy.add(CurvesSection.of(run.name(), run.log().evaluations(), "knn_top1"));
    }
    if (accuracy.stream().anyMatch(series -> series.x().length > 0)) {
      html.append(Charts.lines("Nearest-neighbor accuracy, %", STEP, accuracy));
    }
    html.append(chart(runs, "Loss below ln K, nats", "gap"));
    html.append(chart(runs, "Teacher entropy, nats", "teacher_entropy"));
    html.append(chart(runs, "KL from teacher to student, nats", "kl"));
    html.append(chart(runs, "Agreement of student and teacher", HealthMeasures.AGREEMENT));
    html.append(chart(runs, "Spread of the embeddings", HealthMeasures.SPREAD));
    html.append(chart(runs, "Median concentration", "kappa_median"));
    html.append(chart(runs, "Greatest concentration", "kappa_max"));
    return html.append("</div>").toString();
  }

  private static String chart(List<Compared> runs, String title, String name) throws IOException {
    List<Charts.Series> series = new ArrayList<>();
    for (Compared run : runs) {
      series.add(CurvesSection.of(run.name(), run.log().reports(), name));
    }
    return series.stream().allMatch(one -> one.x().length == 0)
        ? ""
        : Charts.lines(title, STEP, series);
  }

  private static String settings(List<Compared> runs) {
    List<Map<String, String>> settings = runs.stream().map(run -> run.record().settings()).toList();
    TreeSet<String> names = new TreeSet<>();
    settings.forEach(one -> names.addAll(one.keySet()));
    List<String> heading = new ArrayList<>(List.of("setting"));
    runs.forEach(run -> heading.add(run.name()));
    List<List<String>> rows = new ArrayList<>();
    for (String name : names) {
      List<String> values = settings.stream().map(one -> one.getOrDefault(name, NOTHING)).toList();
      if (values.stream().distinct().count() > 1) {
        List<String> row = new ArrayList<>(List.of(name));
        row.addAll(values);
        rows.add(row);
      }
    }
    return rows.isEmpty() ? Html.note("None.") : Html.table(heading, rows);
  }
}
