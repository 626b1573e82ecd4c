package org.dinovmf.tools.page;

import com.google.common.escape.Escaper;
import com.google.common.html.HtmlEscapers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/** Text of a page. */
final class Html {

  private static final Escaper ESCAPER = HtmlEscapers.htmlEscaper();

  private Html() {}

  /** A whole page. */
  static String page(String title, String body) throws IOException {
    return resource("page.html")
        .replace("{{style}}", resource("page.css"))
        .replace("{{script}}", resource("page.js"))
        .replace("{{body}}", body)
        .replace("{{title}}", escape(title));
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = Html.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("the program lacks its file '%s'".formatted(name));
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Text, or the value of an attribute. */
  static String escape(String text) {
    return ESCAPER.escape(text);
  }

  /**
   * A part of a page with a heading.
   *
   * @param id its anchor
   */
  static String section(String id, String heading, String content) {
    return "<section id=\"%s\"><h2>%s</h2>%n%s%n</section>%n"
        .formatted(id, escape(heading), content);
  }

  /** Smaller text that explains. */
  static String note(String text) {
    return "<p class=\"note\">%s</p>%n".formatted(escape(text));
  }

  /** A table whose first row is its heading; every column but the first holds numbers. */
  static String table(List<String> heading, List<List<String>> rows) {
    StringBuilder html = new StringBuilder("<div class=\"scroll\"><table><thead><tr>");
    heading.forEach(cell -> html.append("<th>").append(escape(cell)).append("</th>"));
    html.append("</tr></thead><tbody>\n");
    for (List<String> row : rows) {
      html.append("<tr>");
      row.forEach(cell -> html.append("<td>").append(escape(cell)).append("</td>"));
      html.append("</tr>\n");
    }
    return html.append("</tbody></table></div>\n").toString();
  }

  /** A {@code data:} address. */
  static String data(String type, byte[] content) {
    return "data:%s;base64,%s".formatted(type, Base64.getEncoder().encodeToString(content));
  }

  /** An image of a {@code data:} address. */
  static String image(String cssClass, String alternative, String address) {
    return "<img class=\"%s\" alt=\"%s\" title=\"%s\" src=\"%s\">"
        .formatted(cssClass, escape(alternative), escape(alternative), address);
  }

  /** A number with a decimal point, for scripts. */
  static String number(double value) {
    return String.format(Locale.ROOT, "%.6g", value);
  }
}
