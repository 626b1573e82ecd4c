package org.dinovmf.tools.page;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import javax.imageio.ImageIO;
import org.dinovmf.tools.analysis.Doctor;
import org.dinovmf.tools.analysis.Doctor.Diagnosis;
import org.dinovmf.tools.analysis.Numbers;
import org.dinovmf.tools.analysis.PrototypeStudy;
import org.dinovmf.tools.report.ContactSheet;
import org.dinovmf.tools.report.MetricsLog;
import org.dinovmf.training.RunRecord;

/**
 * The page of a run. Its size is bounded whatever the number of images: so many cards, pictures and
 * points are shown and no more.
 */
public final class RunPage {

  /** Crops of few pixels are enlarged up to this width. */
  private static final int SHEET_WIDTH = 420;

  private static final int LARGEST_PNG = 1 << 18;

  private RunPage() {}

  /**
   * What there is to show.
   *
   * @param name of the run
   * @param teacherStep of the checkpoint that is looked at; nothing where there is none yet
   * @param configuration as text
   * @param missing why there are no images to show, where there are none
   */
  public record Content(
      String name,
      RunRecord record,
      Optional<Long> teacherStep,
      MetricsLog log,
      Diagnosis diagnosis,
      String configuration,
      Optional<Seen> seen,
      String missing) {}

  /**
   * What takes images.
   *
   * @param crops of the first batch, as the network saw them
   * @param attention of a few images
   */
  public record Seen(
      PrototypeStudy study,
      Pictures pictures,
      Optional<ContactSheet> crops,
      List<Attention> attention) {}

  /** The page as one file. */
  public static String html(Content content) throws IOException {
    StringBuilder body = new StringBuilder();
    body.append("<h1>%s</h1>%n".formatted(Html.escape(content.name())));
    body.append(
        Html.note(
            "%s, %d images%s. Everything is in this file; it needs no network."
                .formatted(
                    method(content.record()), content.record().data().images(), steps(content))));
    body.append(navigation(content));
    body.append(key(content));
    body.append(health(content.diagnosis()));
    body.append(CurvesSection.html(content.log()));
    if (content.seen().isPresent()) {
      Seen seen = content.seen().get();
      body.append(AtlasSection.html(seen.study(), seen.pictures()));
      body.append(PrototypesSection.strangest(seen.study(), seen.pictures()));
      body.append(attention(seen.attention()));
      body.append(PrototypesSection.map(seen.study()));
      body.append(PrototypesSection.numbers(seen.study()));
      if (seen.crops().isPresent()) {
        body.append(crops(seen.crops().get()));
      }
    } else {
      body.append(
          Html.section("atlas", "Images", Html.note("Left out: %s.".formatted(content.missing()))));
    }
    body.append(CurvesSection.schedules(content.log()));
    body.append(
        Html.section(
            "configuration",
            "Configuration",
            "<details open><summary>every setting</summary><pre>%s</pre></details>"
                .formatted(Html.escape(content.configuration()))));
    body.append("<footer>Made by dino-vmf report.</footer>");
    return Html.page(content.name(), body.toString());
  }

  /** Of what is shown, or else of what is known: reports are rarer or newer than checkpoints. */
  private static String steps(Content content) {
    if (content.teacherStep().isPresent()) {
      return ", teacher of step %d".formatted(content.teacherStep().get());
    }
    List<MetricsLog.Line> lines = content.log().reports();
    return lines.isEmpty()
        ? ""
        : ", last report of step %d".formatted(lines.get(lines.size() - 1).step());
  }

  private static String method(RunRecord record) {
    var model = record.config().model();
    return "%s prototypes, encoder of %d blocks, %d wide, %d prototypes"
        .formatted(
            model.method().prototypes().label(),
            model.encoder().depth(),
            model.encoder().embedDim(),
            model.head().numPrototypes());
  }

  private static String navigation(Content content) {
    List<String> links = new ArrayList<>();
    links.add("health");
    links.add("curves");
    links.add("atlas");
    if (content.seen().isPresent()) {
      if (content.seen().get().study().seen().logDensities().length > 0) {
        links.add("strangest");
      }
      links.addAll(List.of("attention", "map", "prototypes"));
      if (content.seen().get().crops().isPresent()) {
        links.add("crops");
      }
    }
    if (!content.log().reports().isEmpty()) {
      links.add("schedules");
    }
    links.add("configuration");
    StringBuilder html = new StringBuilder("<nav>");
    links.forEach(id -> html.append("<a href=\"#%s\">%s</a> ".formatted(id, id)));
    return html.append("</nav>\n").toString();
  }

  private static String key(Content content) {
    StringBuilder html = new StringBuilder("<div class=\"key\">");
    last(content.log().evaluations(), "knn_top1")
        .ifPresent(value -> html.append(fact(Numbers.short3(value) + " %", "kNN top 1")));
    last(content.log().reports(), "loss")
        .ifPresent(value -> html.append(fact(Numbers.short3(value), "loss, nats")));
    last(content.log().reports(), "gap")
        .ifPresent(value -> html.append(fact(Numbers.short3(value), "below ln K")));
    if (content.seen().isPresent()) {
      PrototypeStudy.Summary summary = content.seen().get().study().summary();
      html.append(
          fact("%d of %d".formatted(summary.used(), summary.prototypes()), "prototypes used"));
      html.append(fact(Integer.toString(summary.unique()), "unique prototypes"));
      summary
          .knn()
          .ifPresent(
              value -> html.append(fact(Numbers.percent(value), "by the 20 nearest others")));
    }
    return html.append("</div>\n").toString();
  }

  private static OptionalDouble last(List<MetricsLog.Line> lines, String name) {
    return lines.isEmpty() ? OptionalDouble.empty() : lines.get(lines.size() - 1).get(name);
  }

  private static String fact(String value, String name) {
    return "<div><b>%s</b><span>%s</span></div>".formatted(Html.escape(value), Html.escape(name));
  }

  private static String health(Diagnosis diagnosis) {
    StringBuilder html = new StringBuilder();
    for (Doctor.Finding finding : diagnosis.findings()) {
      html.append(
          "<div class=\"verdict bad\"><strong>%s</strong>: %s.<br>What has helped: %s.</div>%n"
              .formatted(
                  Html.escape(finding.verdict().label()),
                  Html.escape(finding.finding()),
                  Html.escape(finding.advice())));
    }
    if (diagnosis.findings().isEmpty()) {
      html.append(
          diagnosis.isTooEarly()
              ? "<div class=\"verdict unknown\">Too early to say: %d reports after the warm-up, and %d are needed.</div>%n"
                  .formatted(diagnosis.reports(), Doctor.FEWEST)
              : "<div class=\"verdict\"><strong>Healthy</strong>: no sign of a collapse.</div>%n"
                  .formatted());
    }
    List<List<String>> rows = new ArrayList<>();
    for (Doctor.Sign sign : diagnosis.signs()) {
      rows.add(
          List.of(sign.name().replace('_', ' '), Numbers.short3(sign.value()), sign.meaning()));
    }
    html.append("<div class=\"words\">")
        .append(rows.isEmpty() ? "" : Html.table(List.of("sign", "value", ""), rows))
        .append("</div>");
    return Html.section("health", "Health", html.toString());
  }

  private static String attention(List<Attention> attention) throws IOException {
    StringBuilder html =
        new StringBuilder(
            Html.note(
                "What the class token of the last block looks at: the image, the mean of the heads, and each head."));
    for (Attention one : attention) {
      html.append(one.html());
    }
    return Html.section("attention", "Attention", html.toString());
  }

  /** A sheet of many pixels is a JPEG, which is a tenth of the size. */
  private static String address(ContactSheet sheet) throws IOException {
    return sheet.png().length <= LARGEST_PNG
        ? Html.data("image/png", sheet.png())
        : Thumbnail.jpeg(ImageIO.read(new ByteArrayInputStream(sheet.png())));
  }

  private static String crops(ContactSheet sheet) throws IOException {
    return Html.section(
        "crops",
        "Crops as the network sees them",
        Html.note("The first batch, an image a row: two global crops, then the local ones.")
            + "<div class=\"crops\" style=\"width:%dpx\">"
                .formatted(sheet.width() * Math.max(1, SHEET_WIDTH / sheet.width()))
            + Html.image("sheet", "crops of the first batch", address(sheet))
            + "</div>");
  }
}
