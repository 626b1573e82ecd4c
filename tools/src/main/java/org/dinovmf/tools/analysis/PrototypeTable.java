package org.dinovmf.tools.analysis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.dinovmf.training.analysis.KappaBin;

/** A study of prototypes as lines of text. */
public final class PrototypeTable {

  private PrototypeTable() {}

  /**
   * The lines.
   *
   * @param strangest images to name
   */
  public static List<String> lines(PrototypeStudy study, int strangest) {
    PrototypeStudy.Summary summary = study.summary();
    List<String> lines = new ArrayList<>();
    lines.add(line("prototypes", summary.prototypes(), "at temperature " + summary.temperature()));
    lines.add(line("used", summary.used(), "the most probable one of an image"));
    lines.add(
        line(
            "unique",
            summary.unique(),
            "greedy, 1 - cosine below %s".formatted(summary.threshold())));
    lines.add(line("used groups", summary.usedGroups(), "of such prototypes"));
    lines.add(line("unused", summary.unused(), "of no image"));
    if (summary.largestGroup() > 1) {
      lines.add(
          line(
              "largest group",
              summary.largestGroup(),
              "prototypes that are one, of %d images".formatted(summary.largestGroupImages())));
    }
    lines.add(line("void", summary.voidGroup(), "prototypes that are one, the most of no image"));
    lines.add(
        text(
            "entropy",
            Numbers.short3(summary.marginalEntropy()),
            "of the shares, at most %s"
                .formatted(
                    Numbers.short3(Math.log(Math.min(summary.prototypes(), summary.images()))))));
    double[] kappas = study.rows().stream().mapToDouble(PrototypeStudy.Row::kappa).toArray();
    lines.add(text("kappa", quantiles(kappas), "least, quarter, half, three quarters, greatest"));
    double[] sizes =
        study.rows().stream()
            .filter(row -> row.images() > 0)
            .mapToDouble(PrototypeStudy.Row::images)
            .toArray();
    lines.add(text("images of one", quantiles(sizes), "of the used prototypes"));
    lines.add(
        text(
            "kappa matches",
            Numbers.short3(summary.kappaCorrelation()),
            "rank correlation with that of the images, %d prototypes of %d or more"
                .formatted(summary.correlated(), PrototypeStudy.FEWEST_IMAGES)));
    for (KappaBin bin : study.difficulty()) {
      lines.add(
          text(
              "accuracy",
              Numbers.percent(bin.accuracy()),
              "of %d images of prototypes with kappa %s to %s"
                  .formatted(
                      bin.images(), Numbers.short3(bin.lowest()), Numbers.short3(bin.highest()))));
    }
    double[] densities = study.seen().logDensities();
    if (densities.length > 0) {
      lines.add(text("log p(y)", quantiles(densities), "of the images, nats"));
      for (int image : study.strangest(strangest)) {
        lines.add(
            text(
                "strange",
                Numbers.short3(study.assigned().get(image).logDensity()),
                study.images().files().get(image).relativePath()));
      }
    }
    return lines;
  }

  private static String quantiles(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    StringBuilder text = new StringBuilder();
    for (int quarter = 0; quarter <= 4; quarter++) {
      text.append(quarter == 0 ? "" : " ")
          .append(Numbers.short3(sorted[(int) ((sorted.length - 1L) * quarter / 4)]));
    }
    return text.toString();
  }

  private static String line(String name, int value, String meaning) {
    return text(name, Integer.toString(value), meaning);
  }

  private static String text(String name, String value, String meaning) {
    return String.format(Locale.ROOT, "%-14s %10s  %s", name, value, meaning);
  }
}
