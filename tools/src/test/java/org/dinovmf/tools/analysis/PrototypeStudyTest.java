package org.dinovmf.tools.analysis;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.dinovmf.training.data.ImageFile;
import org.dinovmf.training.data.ImageFormat;
import org.dinovmf.training.method.PrototypeKind;
import org.junit.jupiter.api.Test;

final class PrototypeStudyTest {

  private static final int DIM = 8;

  /** Nobody reads it. */
  private static final ImageFile FILE =
      new ImageFile(Path.of("a.png"), "a.png", ImageFormat.PNG, 8, 8, 1, 100);

  /** Groups along axes: four that are one and used, three that are one and unused, two alone. */
  @Test
  void voidIsTheLargestGroupWithoutAnImage() {
    assertEquals(3, voidGroup(0, 0, 0, 0, 1, 1, 1, 2, 3));
    assertEquals(0, voidGroup(0, 0, 0, 0, 2, 3), "one alone is merely unused");
    assertEquals(2, voidGroup(0, 1, 1, 2, 2));
  }

  /** The mean is (2/3, 1/3) and the deviation of both dimensions sqrt(2) / 3; two are used. */
  @Test
  void doctorGetsWhatNeedsNoDuplicates() {
    Doctor.Embedded found = seen(0, 1, 3, 3).embedded();
    assertEquals(3, found.images());
    assertEquals(1, found.effectiveRank(), 1e-6, "images of two points lie on a line");
    assertEquals(DIM, found.dimension());
    assertEquals(2 * Math.sqrt(2) / 3 * Math.sqrt(DIM) / DIM, found.spread().mean(), 1e-9);
    assertEquals(2, found.used());
    assertEquals(4, found.prototypes());
  }

  private static int voidGroup(int... axes) {
    return PrototypeStudy.of(seen(axes), 0.01, 1).summary().voidGroup();
  }

  /** Of prototypes along the given axes; images lie on axes 0 and 3. */
  private static AssignedImages seen(int... axes) {
    float[][] vectors = new float[axes.length][];
    for (int k = 0; k < axes.length; k++) {
      vectors[k] = unit(axes[k]);
    }
    List<float[]> embeddings = List.of(unit(0), unit(3), unit(0));
    return AssignedImages.of(
        new SeenImages(List.of(FILE, FILE, FILE), embeddings, embeddings, List.of(), List.of(), 3),
        vectors,
        0.1,
        PrototypeKind.VMF,
        1);
  }

  private static float[] unit(int axis) {
    float[] vector = new float[DIM];
    vector[axis] = 1;
    return vector;
  }
}
