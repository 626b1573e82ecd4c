package org.dinovmf.tools.page;

import java.io.IOException;

/** A contact sheet of attention, to which one image after the other is added. */
public final class AttentionPage {

  private final String run;
  private final StringBuilder body = new StringBuilder();

  /**
   * An empty sheet.
   *
   * @param run whose teacher it is
   */
  public AttentionPage(String run) {
    this.run = run;
    body.append("<h1>Attention of %s</h1>%n".formatted(Html.escape(run)));
    body.append(
        Html.note(
            "What the class token of the last block looks at: the image, the mean of the heads, and each head; black is"
                + " the least weight of a map, and nearly white its greatest."));
  }

  /** Adds the maps of an image. */
  public void add(Attention map) throws IOException {
    body.append("<h3>%s</h3>%n".formatted(Html.escape(map.name())));
    body.append(map.html());
  }

  /** The page as one file. */
  public String html() throws IOException {
    return Html.page("Attention of " + run, body.toString());
  }
}
