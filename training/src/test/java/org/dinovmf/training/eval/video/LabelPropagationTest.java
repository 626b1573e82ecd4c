package org.dinovmf.training.eval.video;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.dinovmf.training.eval.EvalGolden;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class LabelPropagationTest {

  static List<JsonNode> cases() {
    return EvalGolden.cases("propagation");
  }

  @ParameterizedTest(name = "case {index}")
  @MethodSource("cases")
  void matchesTheMatrixFormInNumPy(JsonNode golden) {
    int columns = golden.get("columns").intValue();
    int rows = golden.get("rows").intValue();
    PropagationConfig config =
        new PropagationConfig(
            golden.get("previous").intValue(),
            golden.get("radius").intValue(),
            golden.get("neighbors").intValue(),
            0.1,
            2);
    MaskImage first = new MaskImage(columns, rows, EvalGolden.ints(golden.get("first")));
    JsonNode frames = golden.get("features");
    try (LabelPropagation propagation =
        new LabelPropagation(config, columns, rows, floats(frames.get(0)), first)) {
      for (int frame = 1; frame < frames.size(); frame++) {
        float[][] labels = propagation.next(floats(frames.get(frame)));
        double[][] expected = EvalGolden.matrix(golden.get("labels").get(frame - 1));
        for (int patch = 0; patch < labels.length; patch++) {
          for (int c = 0; c < 3; c++) {
            // Features and labels are float32 here.
            assertEquals(expected[patch][c], labels[patch][c], 1e-5, frame + " " + patch);
          }
        }
      }
    }
  }

  private static float[][] floats(JsonNode matrix) {
    double[][] values = EvalGolden.matrix(matrix);
    float[][] floats = new float[values.length][values[0].length];
    for (int i = 0; i < floats.length; i++) {
      for (int d = 0; d < floats[i].length; d++) {
        floats[i][d] = (float) values[i][d];
      }
    }
    return floats;
  }

  /** Weights e^(1/2) and e^(0.6/2) for the cosines 1 and 0.6; the third neighbor is left out. */
  @Test
  void mixesTheLabelsOfTheMostSimilarPatches() {
    float[][] first = {{5, 0}, {0.6f, 0.8f}, {-1, 0}};
    PropagationConfig config = new PropagationConfig(0, 2, 2, 2, 1);
    try (LabelPropagation propagation =
        new LabelPropagation(config, 3, 1, first, new MaskImage(3, 1, new int[] {0, 1, 2}))) {
      float[][] labels = propagation.next(new float[][] {{2, 0}, {2, 0}, {2, 0}});
      double a = Math.exp(0.5);
      double b = Math.exp(0.3);
      for (float[] row : labels) {
        assertArrayEquals(
            new float[] {(float) (a / (a + b)), (float) (b / (a + b)), 0}, row, 1e-6f);
      }
    }
  }

  @Test
  void looksNoFurtherThanTheRadius() {
    float[][] first = {{1, 0}, {0, 1}, {0, 1}};
    PropagationConfig config = new PropagationConfig(0, 1, 1, 0.1, 2);
    try (LabelPropagation propagation =
        new LabelPropagation(config, 3, 1, first, new MaskImage(3, 1, new int[] {1, 0, 0}))) {
      float[][] labels = propagation.next(new float[][] {{1, 0}, {1, 0}, {1, 0.01f}});
      assertEquals(1, labels[1][1]);
      assertEquals(0, labels[2][1], "the only similar patch is two away");
    }
  }

  /** With a memory of one frame, the object walks further than the radius. */
  @Test
  void remembersTheFramesBefore() {
    PropagationConfig config = new PropagationConfig(1, 1, 1, 0.1, 1);
    try (LabelPropagation propagation =
        new LabelPropagation(config, 4, 1, line(0), new MaskImage(4, 1, new int[] {1, 0, 0, 0}))) {
      for (int place = 1; place < 4; place++) {
        float[][] labels = propagation.next(line(place));
        for (int patch = 0; patch < 4; patch++) {
          assertEquals(patch == place ? 1 : 0, labels[patch][1], "frame " + place);
        }
      }
    }
  }

  /** Only the patch at the place has the object's feature. */
  private static float[][] line(int place) {
    float[][] features = new float[4][];
    for (int i = 0; i < 4; i++) {
      features[i] = i == place ? new float[] {0, 1} : new float[] {1, 0};
    }
    return features;
  }

  @Test
  void enlargesEachClassAndTakesTheHighest() {
    PropagationConfig config = PropagationConfig.published(1);
    try (LabelPropagation propagation =
        new LabelPropagation(
            config, 2, 1, new float[2][3], new MaskImage(2, 1, new int[] {0, 1}))) {
      // At 4 pixels a patch, class 1 is 0 0 1/8 3/8 5/8 7/8 1 1 from left to right.
      MaskImage mask = propagation.mask(new float[][] {{1, 0}, {0, 1}}, 4, 8, 4);
      assertArrayEquals(new int[] {0, 0, 0, 0, 1, 1, 1, 1}, Arrays.copyOf(mask.labels(), 8));
      // A weak class is spread over 0..1 before it is compared, and so wins at its highest point.
      MaskImage weak = propagation.mask(new float[][] {{1, 0}, {0.9f, 0.1f}}, 1, 2, 1);
      assertArrayEquals(new int[] {0, 1}, weak.labels());
    }
  }

  /** A square of one color crosses a frame of another; the mask follows, a copy does not. */
  @Test
  void followsASquareBetterThanACopyOfTheFirstMask() {
    int side = 12;
    List<MaskImage> truth = new ArrayList<>();
    for (int frame = 0; frame < 8; frame++) {
      int[] labels = new int[side * side];
      for (int y = 3; y < 7; y++) {
        for (int x = frame; x < frame + 4; x++) {
          labels[y * side + x] = 1;
        }
      }
      truth.add(new MaskImage(side, side, labels));
    }
    List<MaskImage> followed = new ArrayList<>(List.of(truth.get(0)));
    List<MaskImage> copied = new ArrayList<>(List.of(truth.get(0)));
    try (LabelPropagation propagation =
        new LabelPropagation(
            PropagationConfig.published(2), side, side, colors(truth.get(0)), truth.get(0))) {
      for (int frame = 1; frame < truth.size(); frame++) {
        float[][] labels = propagation.next(colors(truth.get(frame)));
        followed.add(propagation.mask(labels, 1, side, side));
        copied.add(truth.get(0));
      }
    }
    VideoScores ours = VideoScores.of(VideoScores.objects(followed, truth));
    VideoScores copy = VideoScores.of(VideoScores.objects(copied, truth));
    assertEquals(1, ours.mean(), 1e-12);
    assertEquals(0, ours.region().decay(), 1e-12);
    assertTrue(copy.mean() < 0.6, copy.toString());
    assertTrue(copy.region().decay() > 0.3, copy.toString());
  }

  private static float[][] colors(MaskImage mask) {
    float[][] features = new float[mask.labels().length][];
    for (int i = 0; i < features.length; i++) {
      features[i] = mask.labels()[i] == 1 ? new float[] {1, 0.2f} : new float[] {-0.3f, 1};
    }
    return features;
  }

  @Test
  void shrinksAMaskToTheMiddleOfEachArea() {
    MaskImage mask = new MaskImage(4, 2, new int[] {1, 2, 3, 4, 5, 6, 7, 8});
    assertArrayEquals(new int[] {6, 8}, mask.nearest(2, 1).labels());
    assertArrayEquals(
        new int[] {1, 1, 2, 2}, new MaskImage(2, 1, new int[] {1, 2}).nearest(4, 1).labels());
  }

  @Test
  void rejectsAFrameOfAnotherSize() {
    try (LabelPropagation propagation =
        new LabelPropagation(
            PropagationConfig.published(1),
            2,
            2,
            new float[4][3],
            new MaskImage(2, 2, new int[4]))) {
      assertEquals(
          "features must have a row for each of 2 x 2 patches, but have 3",
          assertThrows(IllegalArgumentException.class, () -> propagation.next(new float[3][3]))
              .getMessage());
    }
  }
}
