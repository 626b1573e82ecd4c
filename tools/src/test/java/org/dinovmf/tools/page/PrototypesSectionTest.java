package org.dinovmf.tools.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.dinovmf.tools.analysis.AssignedImages;
import org.dinovmf.tools.analysis.PrototypeStudy;
import org.dinovmf.tools.analysis.SeenImages;
import org.dinovmf.training.data.ImageFile;
import org.dinovmf.training.data.ImageFormat;
import org.dinovmf.training.method.PrototypeKind;
import org.junit.jupiter.api.Test;

final class PrototypesSectionTest {

  /** Nobody reads it. */
  private static final ImageFile FILE =
      new ImageFile(Path.of("a.png"), "a.png", ImageFormat.PNG, 8, 8, 1, 100);

  private static final int IMAGES = 1000;

  /** Of which the images are a sample. */
  private static final int ALL = 5000;

  /** Of the variances 9, 4 and 1. */
  @Test
  void mapSaysWhichProjectionItIsAndOfWhat() throws IOException {
    String html = map(List.of(), List.of());
    assertTrue(
        html.contains(
            "Principal component analysis of 1000 of 5000 images: class tokens of 800 of these along the first two components, which hold 64.3 % and 28.6 % of the variance."),
        html);
    assertTrue(html.contains("Each axis has a scale of its own."), html);
    assertTrue(html.contains("The images have no classes to color them by."), html);
  }

  @Test
  void mapSaysWhatItsColorsAre() throws IOException {
    List<Integer> labels = IntStream.range(0, IMAGES).mapToObj(i -> i % 2).toList();
    String two = map(labels, List.of("cats", "dogs"));
    assertTrue(two.contains("Colors are classes."), two);
    assertTrue(two.contains("</i>cats</li>") && two.contains("</i>dogs</li>"), two);
    String many = map(labels, Collections.nCopies(11, "class"));
    assertTrue(many.contains("11 classes are too many to color them."), many);
    assertEquals(-1, many.indexOf("<ul class=\"legend\">"));
  }

  /** Tokens at the corners of a box, so that its sides are the components. */
  private static String map(List<Integer> labels, List<String> classes) throws IOException {
    List<float[]> tokens =
        IntStream.range(0, IMAGES)
            .mapToObj(
                i ->
                    new float[] {
                      (i & 1) == 0 ? 3 : -3, (i & 2) == 0 ? 2 : -2, (i & 4) == 0 ? 1 : -1
                    })
            .toList();
    List<float[]> embeddings = Collections.nCopies(IMAGES, new float[] {1, 0, 0});
    SeenImages images =
        new SeenImages(Collections.nCopies(IMAGES, FILE), tokens, embeddings, labels, classes, ALL);
    float[][] prototypes = {{1, 0, 0}};
    return PrototypesSection.map(
        PrototypeStudy.of(
            AssignedImages.of(images, prototypes, 0.1, PrototypeKind.VMF, 1), 0.01, 1));
  }
}
