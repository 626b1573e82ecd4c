package org.dinovmf.tools.page;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.dinovmf.training.data.ImageFile;

/** Groups of images, each with a number below it. */
public final class ImagesPage {

  private ImagesPage() {}

  /**
   * An image.
   *
   * @param path shown where there is no file
   * @param caption below it
   */
  public record Entry(String path, Optional<ImageFile> file, String caption) {}

  /** Images under a heading. */
  public record Group(String heading, List<Entry> entries) {
    public Group {
      entries = List.copyOf(entries);
    }
  }

  /** The page as one file. */
  public static String html(String title, String note, List<Group> groups, Pictures pictures)
      throws IOException {
    StringBuilder body = new StringBuilder();
    body.append("<h1>%s</h1>%n".formatted(Html.escape(title))).append(Html.note(note));
    for (Group group : groups) {
      body.append(
          "<article class=\"card\"><h3>%s</h3><div class=\"pictures strange\">"
              .formatted(Html.escape(group.heading())));
      for (Entry entry : group.entries()) {
        body.append("<figure>");
        if (entry.file().isPresent()) {
          body.append(pictures.image(entry.file().get(), entry.path()));
        }
        body.append("<figcaption>%s</figcaption></figure>".formatted(Html.escape(entry.caption())));
      }
      body.append("</div></article>\n");
    }
    return Html.page(title, body.toString());
  }
}
