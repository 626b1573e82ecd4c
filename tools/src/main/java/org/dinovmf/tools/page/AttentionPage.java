package org.dinovmf.tools.page;

import java.io.IOException;
import java.util.List;

/** A contact sheet of attention. */
public final class AttentionPage {

  private AttentionPage() {}

  /**
   * The page as one file.
   *
   * @param run whose teacher it is
   */
  public static String html(String run, List<Attention> maps) throws IOException {
    StringBuilder body = new StringBuilder();
    body.append("<h1>Attention of %s</h1>%n".formatted(Html.escape(run)));
    body.append(
        Html.note(
            "What the class token of the last block looks at: the image, the mean of the heads, and each head; black is"
                + " the least weight of a map, and nearly white its greatest."));
    for (Attention map : maps) {
      body.append("<h3>%s</h3>%n".formatted(Html.escape(map.name())));
      body.append(map.html());
    }
    return Html.page("Attention of " + run, body.toString());
  }
}
