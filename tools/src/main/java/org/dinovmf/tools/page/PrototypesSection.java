package org.dinovmf.tools.page;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.dinovmf.tools.analysis.Numbers;
import org.dinovmf.tools.analysis.PrototypeStudy;
import org.dinovmf.tools.analysis.SeenImages;
import org.dinovmf.training.analysis.KappaBin;
import org.dinovmf.training.analysis.Spectrum;
import org.dinovmf.training.data.ImageFile;

/** Prototypes in numbers, strange images, and a map of all. */
final class PrototypesSection {

  private static final int STRANGEST = 24;
  private static final int MAP_POINTS = 800;

  /** More colors than these cannot be told apart. */
  private static final int MAP_COLORS = 10;

  private PrototypesSection() {}

  static String numbers(PrototypeStudy study) throws IOException {
    PrototypeStudy.Summary summary = study.summary();
    List<List<String>> rows = new ArrayList<>();
    rows.add(row("prototypes", summary.prototypes()));
    rows.add(row("used: the most probable one of an image", summary.used()));
    rows.add(
        row(
            "unique: greedy, 1 - cosine below %s".formatted(summary.threshold()),
            summary.unique()));
    rows.add(row("groups of such that are used", summary.usedGroups()));
    rows.add(row("unused: of no image", summary.unused()));
    if (summary.largestGroup() > 1) {
      rows.add(row("largest group of duplicates", summary.largestGroup()));
      rows.add(row("images of this group", summary.largestGroupImages()));
    }
    rows.add(row("void: largest group of duplicates of no image", summary.voidGroup()));
    rows.add(
        List.of(
            "entropy of the shares, nats, of at most %s"
                .formatted(
                    Numbers.short3(Math.log(Math.min(summary.prototypes(), summary.images())))),
            Numbers.short3(summary.marginalEntropy())));
    rows.add(
        List.of(
            "rank correlation of learned kappa and that of the images, over %d prototypes"
                .formatted(summary.correlated()),
            Numbers.short3(summary.kappaCorrelation())));
    StringBuilder html = new StringBuilder();
    html.append(
        Html.note(
            "Of %d of %d images, by the teacher's prototypes at its last temperature, %s, without a center."
                .formatted(summary.images(), study.images().all(), summary.temperature())));
    html.append("<div class=\"words\">")
        .append(Html.table(List.of("", ""), rows))
        .append("</div><div class=\"charts\">");
    List<PrototypeStudy.Row> all = study.rows();
    html.append(
        Charts.histogram(
            "Concentration of the prototypes",
            "kappa",
            all.stream().mapToDouble(PrototypeStudy.Row::kappa).toArray()));
    html.append(
        Charts.histogram(
            "Images of the used prototypes",
            "log10 of the images of one",
            all.stream()
                .filter(row -> row.images() > 0)
                .mapToDouble(row -> Math.log10(row.images()))
                .toArray()));
    html.append(matched(all));
    html.append(
        Charts.histogram("Density of the images", "log p(y), nats", study.seen().logDensities()));
    html.append("</div>");
    html.append(difficulty(study.difficulty()));
    return Html.section("prototypes", "Prototypes in numbers", html.toString());
  }

  private static List<String> row(String name, int value) {
    return List.of(name, Integer.toString(value));
  }

  private static String matched(List<PrototypeStudy.Row> all) throws IOException {
    List<PrototypeStudy.Row> having =
        all.stream()
            .filter(row -> row.attractedKappa().orElse(0) > 0) // what has no direction has no log
            .toList();
    if (having.isEmpty()) {
      return "";
    }
    int count = Math.min(MAP_POINTS, having.size());
    List<PrototypeStudy.Row> shown =
        IntStream.range(0, count)
            .mapToObj(i -> having.get((int) ((long) i * having.size() / count)))
            .toList();
    return Charts.points(
        "Learned concentration, and that of the images"
            + (count < having.size()
                ? ": %d of %d prototypes".formatted(count, having.size())
                : ""),
        "kappa of the prototype",
        "log10 kappa of its images",
        List.of(
            new Charts.Series(
                "prototypes",
                shown.stream().mapToDouble(PrototypeStudy.Row::kappa).toArray(),
                shown.stream()
                    .mapToDouble(row -> Math.log10(row.attractedKappa().getAsDouble()))
                    .toArray())));
  }

  private static String difficulty(List<KappaBin> bins) {
    if (bins.size() < 2) {
      return "";
    }
    List<List<String>> rows = new ArrayList<>();
    for (KappaBin bin : bins) {
      rows.add(
          List.of(
              "%s to %s".formatted(Numbers.short3(bin.lowest()), Numbers.short3(bin.highest())),
              Integer.toString(bin.images()),
              Numbers.percent(bin.accuracy())));
    }
    return Html.note(
            "Accuracy by the 20 nearest other images, by the concentration of an image's prototype.")
        + Html.table(List.of("kappa", "images", "accuracy"), rows);
  }

  static String strangest(PrototypeStudy study, Pictures pictures) throws IOException {
    List<Integer> strange = study.strangest(STRANGEST);
    if (strange.isEmpty()) {
      return "";
    }
    StringBuilder html =
        new StringBuilder(
            Html.note(
                "The images of the lowest log p(y), nats: where the mixture of all prototypes has the least density."));
    html.append("<div class=\"pictures strange\">");
    for (int image : strange) {
      ImageFile file = study.images().files().get(image);
      html.append(
          "<figure>%s<figcaption>%s</figcaption></figure>"
              .formatted(
                  pictures.image(file, file.relativePath()),
                  Numbers.short3(study.assigned().get(image).logDensity())));
    }
    return Html.section("strangest", "Strangest images", html.append("</div>").toString());
  }

  static String map(PrototypeStudy study) throws IOException {
    List<float[]> rows = study.images().tokens();
    Spectrum spectrum = Spectrum.of(rows);
    int count = Math.min(MAP_POINTS, rows.size());
    int classes = study.images().classes().size();
    boolean isColored = study.images().isLabeled() && classes <= MAP_COLORS;
    List<Charts.Series> series = new ArrayList<>();
    for (int label = 0; label < (isColored ? classes : 1); label++) {
      List<double[]> places = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        int image = (int) ((long) i * rows.size() / count);
        if (!isColored || study.images().labels().get(image) == label) {
          places.add(spectrum.project(rows.get(image), 2));
        }
      }
      series.add(
          new Charts.Series(
              isColored ? study.images().classes().get(label) : "images",
              places.stream().mapToDouble(place -> place[0]).toArray(),
              places.stream().mapToDouble(place -> place[1]).toArray()));
    }
    double total = 0;
    for (double variance : spectrum.variances()) {
      total += variance;
    }
    return Html.section(
        "map",
        "Map of the embeddings",
        Html.note(
                "Principal component analysis of %d of %d images: class tokens of %d of these along the first two components, which hold %s and %s of the variance."
                        .formatted(
                            rows.size(),
                            study.images().all(),
                            count,
                            share(spectrum.variances()[0], total),
                            share(spectrum.variances()[1], total))
                    + " What lies apart here is apart; what lies together may be apart in the rest. Each axis has a scale of its own. "
                    + colors(study.images()))
            + "<div class=\"charts\">"
            + Charts.points("Class tokens", "first component", "second component", series)
            + "</div>");
  }

  private static String share(double variance, double total) {
    return Numbers.percent(total == 0 ? 0 : variance / total);
  }

  private static String colors(SeenImages images) {
    if (!images.isLabeled()) {
      return "The images have no classes to color them by.";
    }
    return images.classes().size() <= MAP_COLORS
        ? "Colors are classes."
        : "%d classes are too many to color them.".formatted(images.classes().size());
  }
}
