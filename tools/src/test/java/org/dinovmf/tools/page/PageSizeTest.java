package org.dinovmf.tools.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.dinovmf.tools.analysis.AssignedImages;
import org.dinovmf.tools.analysis.PrototypeStudy;
import org.dinovmf.tools.analysis.SeenImages;
import org.dinovmf.training.data.ImageDecoder;
import org.dinovmf.training.data.ImageFile;
import org.dinovmf.training.data.ImageFormat;
import org.dinovmf.training.method.PrototypeKind;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class PageSizeTest {

  private static final int DIM = 16;
  private static final int GROUPS = 70;
  private static final int COPIES = 5;
  private static final int IMAGES_OF_ONE = 9;

  /**
   * More groups, duplicates and images than are shown, and images of noise, which nothing can
   * compress: more would not make the page larger.
   */
  @Test
  void picturesOfAnyNumberOfImagesStayWellBelowTwentyMegabytes(@TempDir Path folder)
      throws IOException {
    SplittableRandom random = new SplittableRandom(4);
    ImageFile noise = noise(folder.resolve("noise.png"), random);
    List<float[]> vectors = new ArrayList<>();
    List<float[]> embeddings = new ArrayList<>();
    List<ImageFile> files = new ArrayList<>();
    for (int group = 0; group < GROUPS; group++) {
      double[] direction = random.doubles(DIM, -1, 1).toArray();
      for (int copy = 0; copy < COPIES; copy++) {
        float[] vector = unit(random, direction);
        vectors.add(vector);
        for (int i = 0; i < IMAGES_OF_ONE; i++) {
          embeddings.add(vector);
          files.add(noise);
        }
      }
    }
    PrototypeStudy study =
        PrototypeStudy.of(
            AssignedImages.of(
                new SeenImages(files, embeddings, embeddings, List.of(), List.of(), 1_000_000),
                vectors.toArray(float[][]::new),
                0.01,
                PrototypeKind.VMF,
                2),
            0.01,
            2);
    assertEquals(GROUPS, study.usedRepresentatives().size());
    assertEquals(COPIES, study.usedMembers(study.usedRepresentatives().get(0)).size());
    try (ImageDecoder decoder = ImageDecoder.standard(1)) {
      Pictures pictures = new Pictures(decoder);
      String html =
          AtlasSection.html(study, pictures)
              + PrototypesSection.strangest(study, pictures)
              + PrototypesSection.map(study)
              + PrototypesSection.numbers(study);
      Pattern folded = Pattern.compile("<summary>%d duplicates</summary>".formatted(COPIES - 1));
      assertEquals(48, folded.matcher(html).results().count(), "one card for a group");
      assertTrue(html.length() > 3_000_000, "there are pictures: " + html.length());
      assertTrue(html.length() < 14_000_000, "but not too many: " + html.length());
    }
  }

  private static float[] unit(SplittableRandom random, double[] direction) {
    double[] moved = new double[DIM];
    double square = 0;
    for (int i = 0; i < DIM; i++) {
      moved[i] = direction[i] + 0.01 * random.nextDouble();
      square += moved[i] * moved[i];
    }
    float[] unit = new float[DIM];
    for (int i = 0; i < DIM; i++) {
      unit[i] = (float) (moved[i] / Math.sqrt(square));
    }
    return unit;
  }

  private static ImageFile noise(Path file, SplittableRandom random) throws IOException {
    BufferedImage image = new BufferedImage(104, 104, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 104 * 104; i++) {
      image.setRGB(i % 104, i / 104, random.nextInt());
    }
    ImageIO.write(image, "png", file.toFile());
    return new ImageFile(file, "noise.png", ImageFormat.PNG, 104, 104, 1, Files.size(file));
  }
}
