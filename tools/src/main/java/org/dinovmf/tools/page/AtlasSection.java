package org.dinovmf.tools.page;

import java.io.IOException;
import java.util.List;
import java.util.OptionalDouble;
import org.dinovmf.tools.analysis.Numbers;
import org.dinovmf.tools.analysis.PrototypeStudy;
import org.dinovmf.training.data.ImageFile;

/** The most used prototypes, each with its most typical images; duplicates are one card. */
final class AtlasSection {

  private static final int MOST_CARDS = 48;
  private static final int PICTURES = 8;

  /** Members of a group that are shown; the rest is named by its number. */
  private static final int MOST_MEMBERS = 3;

  private static final int MEMBER_PICTURES = 4;

  private AtlasSection() {}

  static String html(PrototypeStudy study, Pictures pictures) throws IOException {
    List<Integer> used = study.usedRepresentatives();
    List<Integer> shown = used.subList(0, Math.min(MOST_CARDS, used.size()));
    StringBuilder html = new StringBuilder();
    html.append(
        Html.note(
            "%d of %d groups of prototypes that are the most probable one of an image, the most used first. Each has its"
                    .formatted(shown.size(), used.size())
                + " most typical images, by posterior. Kappa is how concentrated the prototype is, and beside it how"
                + " concentrated its images are, by an estimate without most of its bias. Prototypes with 1 - cosine below %s are one card."
                    .formatted(study.threshold())));
    html.append("<div class=\"sort\" data-sorts=\"atlas-cards\">sort by");
    html.append(button("images", "images", true));
    html.append(button("kappa", "kappa", false));
    html.append(button("attracted", "kappa of the images", false));
    if (study.isRight().isPresent()) {
      html.append(button("accuracy", "accuracy", false));
    }
    html.append("</div><div class=\"atlas\" id=\"atlas-cards\">\n");
    for (int representative : shown) {
      html.append(card(study, representative, pictures));
    }
    return Html.section("atlas", "Prototype atlas", html.append("</div>").toString());
  }

  private static String button(String key, String text, boolean isPressed) {
    return "<button type=\"button\" data-key=\"%s\" data-order=\"%s\" aria-pressed=\"%s\">%s</button>"
        .formatted(key, isPressed ? "falling" : "", isPressed, text);
  }

  private static String card(PrototypeStudy study, int representative, Pictures pictures)
      throws IOException {
    List<Integer> members = study.usedMembers(representative);
    int main = members.get(0);
    int images = members.stream().mapToInt(study.use()::imagesOf).sum();
    OptionalDouble attracted = study.use().attractedKappa(main);
    OptionalDouble accuracy = accuracy(study, members);
    StringBuilder html = new StringBuilder();
    html.append(
        "<article class=\"card\" data-images=\"%d\" data-kappa=\"%s\" data-attracted=\"%s\" data-accuracy=\"%s\">"
            .formatted(
                images,
                Html.number(study.mixture().kappa(main)),
                attribute(attracted),
                attribute(accuracy)));
    html.append("<h3>Prototype %d</h3>".formatted(main));
    html.append(
        "<p>%d images%s (%s), kappa %s, of its images %s%s</p>"
            .formatted(
                images,
                members.size() > 1 ? " with its duplicates" : "",
                Numbers.percent((double) images / study.use().images()),
                Numbers.short3(study.mixture().kappa(main)),
                Numbers.short3(attracted),
                accuracy.isPresent()
                    ? ", accuracy " + Numbers.percent(accuracy.getAsDouble())
                    : ""));
    html.append(typical(study, main, PICTURES, pictures));
    html.append(duplicates(study, members, representative, pictures));
    return html.append("</article>\n").toString();
  }

  private static String attribute(OptionalDouble value) {
    return value.isPresent() ? Html.number(value.getAsDouble()) : "";
  }

  private static OptionalDouble accuracy(PrototypeStudy study, List<Integer> members) {
    if (study.isRight().isEmpty()) {
      return OptionalDouble.empty();
    }
    int all = 0;
    int right = 0;
    for (int i = 0; i < study.assigned().size(); i++) {
      if (members.contains(study.assigned().get(i).prototype())) {
        all++;
        right += study.isRight().get()[i] ? 1 : 0;
      }
    }
    return OptionalDouble.of((double) right / all);
  }

  private static String typical(PrototypeStudy study, int prototype, int count, Pictures pictures)
      throws IOException {
    StringBuilder html = new StringBuilder("<div class=\"pictures\">");
    for (int image : study.use().typical(prototype, count)) {
      ImageFile file = study.images().files().get(image);
      html.append(
          pictures.image(
              file,
              "%s, posterior %s"
                  .formatted(
                      file.relativePath(),
                      Numbers.short3(study.assigned().get(image).posterior()))));
    }
    return html.append("</div>").toString();
  }

  private static String duplicates(
      PrototypeStudy study, List<Integer> members, int representative, Pictures pictures)
      throws IOException {
    int size = study.groups().sizeOf(representative);
    if (size == 1) {
      return "";
    }
    StringBuilder html =
        new StringBuilder("<details><summary>%d duplicates</summary>".formatted(size - 1));
    for (int member : members.subList(1, Math.min(1 + MOST_MEMBERS, members.size()))) {
      html.append("<p>Prototype %d, %d images</p>".formatted(member, study.use().imagesOf(member)));
      html.append(typical(study, member, MEMBER_PICTURES, pictures));
    }
    int silent = size - members.size();
    return html.append("<p>%d of them have no image.</p></details>".formatted(silent)).toString();
  }
}
