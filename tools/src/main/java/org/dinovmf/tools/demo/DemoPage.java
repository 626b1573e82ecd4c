package org.dinovmf.tools.demo;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.dinovmf.training.TrainListener.Report;
import org.dinovmf.training.data.Batch;

/** The page of the demonstration: one file that needs no other. */
final class DemoPage {

  private static final int QUERIES_OF_A_CLASS = 1;
  private static final int NEIGHBORS = 8;
  private static final int CROP_ROWS = 6;

  private static final String FRAME =
      """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>DINO-vMF: the demonstration</title>
      <style>
      body { font: 16px/1.5 system-ui, sans-serif; color: #1c2430; background: #fff;
             max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
      h1 { font-size: 1.7rem; } h2 { font-size: 1.2rem; margin-top: 2.2rem; }
      table.result { border-collapse: collapse; margin: 1rem 0; }
      table.result th, table.result td { padding: .35rem 1rem; border-bottom: 1px solid #d7dde5; text-align: right; }
      table.result th:first-child, table.result td:first-child { text-align: left; }
      table.result tr.best { font-weight: 600; }
      img.small { width: 42px; height: 42px; image-rendering: pixelated; border: 3px solid transparent; }
      img.same { border-color: #2e9e5b; } img.other { border-color: #d64545; }
      .scroll { overflow-x: auto; } .scroll td { padding: 1px; white-space: nowrap; }
      .scroll td.gap { padding-right: 14px; } td.name { padding-right: 10px; color: #5b6675; }
      pre { background: #f3f5f8; padding: .8rem; overflow-x: auto; }
      .note { color: #5b6675; } img.chart { max-width: 100%%; }
      </style>
      </head>
      <body>
      %s
      </body>
      </html>
      """;

  private DemoPage() {}

  /**
   * The pictures that the page shows neighbours of.
   *
   * @param bank training pictures, {@code bankRaw} and {@code bankTrained} their features
   * @param moved test pictures
   */
  record Gallery(
      Pictures bank,
      List<float[]> bankRaw,
      List<float[]> bankTrained,
      Pictures moved,
      List<float[]> movedRaw,
      List<float[]> movedTrained) {}

  static String html(
      DemoTable table,
      List<Report> reports,
      double seconds,
      int numPrototypes,
      Batch batch,
      Gallery gallery,
      List<String> commands)
      throws IOException {
    return FRAME.formatted(
        String.join(
            "\n",
            introduction(table, reports, seconds),
            "<h2>Training</h2>",
            "<img class=\"chart\" alt=\"Loss over the steps\" src=\"%s\">"
                .formatted(LossChart.dataAddress(reports, numPrototypes)),
            "<p class=\"note\">The loss is the teacher's entropy plus the divergence of the student from it. A run whose"
                + " loss stays at ln K learns nothing: its teacher finds all prototypes equally likely.</p>",
            "<h2>What the network sees</h2>",
            "<p class=\"note\">One image a row: two large crops, which the teacher sees too, then the small ones.</p>",
            crops(batch),
            "<h2>Nearest training images of moved test images</h2>",
            "<p class=\"note\">Left the moved image, then its neighbors by the trained encoder, then by raw pixels."
                + " Green: the same class, red: another.</p>",
            neighbors(gallery),
            "<h2>Go on</h2>",
            "<pre>" + escape(String.join("\n", commands)) + "</pre>"));
  }

  private static String introduction(DemoTable table, List<Report> reports, double seconds) {
    Report last = reports.get(reports.size() - 1);
    StringBuilder html = new StringBuilder();
    html.append("<h1>DINO-vMF: the demonstration</h1>\n");
    html.append(
        String.format(
            Locale.ROOT,
            "<p>A small vision transformer was trained for %,d steps, %.0f seconds, on 6,000 images without"
                + " their labels. The labels then served to measure what it learned: each test image gets the class"
                + " that its 20 nearest training images vote for.</p>%n",
            last.step(),
            seconds));
    html.append("<table class=\"result\"><tr><th>features</th><th>test images as they are, %</th>");
    html.append("<th>test images moved, %</th></tr>\n");
    for (DemoTable.Row row : table.rows()) {
      html.append(
          String.format(
              Locale.ROOT,
              "<tr%s><td>%s</td><td>%.1f</td><td>%.1f</td></tr>%n",
              row.equals(table.trained()) ? " class=\"best\"" : "",
              escape(row.name()),
              row.asTheyAre(),
              row.moved()));
    }
    html.append("</table>\n");
    html.append(verdict(table));
    return html.toString();
  }

  /** Says only what the table shows. */
  private static String verdict(DemoTable table) {
    String centered =
        table.raw().asTheyAre() > table.trained().asTheyAre()
            ? "Raw pixels win on these centered product photos, which differ in nothing but the product"
            : "The trained encoder is ahead of raw pixels even on these centered product photos";
    String moved =
        table.trained().moved() > table.raw().moved()
            ? "as soon as the objects move, change their size or the light changes, the trained features lead"
            : "and on moved objects the trained features do not lead either: this run did not work";
    return "<p>%s; %s. The training images are never moved, so nothing but the features can make up for it.</p>"
        .formatted(centered, moved);
  }

  private static String crops(Batch batch) throws IOException {
    StringBuilder html = new StringBuilder("<div class=\"scroll\"><table>\n");
    for (int row = 0; row < Math.min(CROP_ROWS, batch.size()); row++) {
      html.append("<tr>");
      for (int view = 0; view < 2 + batch.localCrops(); view++) {
        boolean isGlobal = view < 2;
        byte[] pixels = isGlobal ? batch.global() : batch.local();
        int side = isGlobal ? batch.globalPixels() : batch.localPixels();
        html.append(view == 1 ? "<td class=\"gap\">" : "<td>")
            .append(image(pixels, batch.offset(view, row), side, "", "crop"))
            .append("</td>");
      }
      html.append("</tr>\n");
    }
    return html.append("</table></div>").toString();
  }

  private static String neighbors(Gallery gallery) throws IOException {
    int numClasses = gallery.moved().classes().size();
    int[] shown = new int[numClasses];
    StringBuilder html = new StringBuilder("<div class=\"scroll\"><table>\n");
    for (int i = 0; i < gallery.moved().images().size(); i++) {
      int label = gallery.moved().labels().get(i);
      if (shown[label]++ >= QUERIES_OF_A_CLASS) {
        continue;
      }
      html.append("<tr><td class=\"name\">")
          .append(escape(gallery.moved().classes().get(label)))
          .append("</td><td class=\"gap\">")
          .append(picture(gallery.moved(), i, ""))
          .append("</td>");
      row(html, gallery, label, gallery.bankTrained(), gallery.movedTrained().get(i));
      row(html, gallery, label, gallery.bankRaw(), gallery.movedRaw().get(i));
      html.append("</tr>\n");
    }
    return html.append("</table></div>").toString();
  }

  private static void row(
      StringBuilder html, Gallery gallery, int label, List<float[]> bank, float[] query)
      throws IOException {
    List<Integer> nearest = Neighbors.nearest(bank, query, NEIGHBORS);
    for (int n = 0; n < nearest.size(); n++) {
      int found = nearest.get(n);
      boolean isSame = gallery.bank().labels().get(found) == label;
      html.append(n == nearest.size() - 1 ? "<td class=\"gap\">" : "<td>")
          .append(picture(gallery.bank(), found, isSame ? "same" : "other"))
          .append("</td>");
    }
  }

  private static String picture(Pictures pictures, int index, String mark) throws IOException {
    var image = pictures.images().get(index);
    String name = pictures.classes().get(pictures.labels().get(index));
    return image(image.pixels(), 0, image.width(), mark, name);
  }

  private static String image(byte[] pixels, int offset, int side, String mark, String name)
      throws IOException {
    return "<img class=\"small %s\" alt=\"%s\" title=\"%s\" src=\"%s\">"
        .formatted(mark, escape(name), escape(name), Png.dataAddress(pixels, offset, side));
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
