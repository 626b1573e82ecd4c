package org.dinovmf.training.eval.linear;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.dinovmf.training.eval.LabeledFeatures;
import org.junit.jupiter.api.Test;

final class FewShotTest {

  /** 100 images of class 0, 40 of class 5, and one of class 7. */
  private static List<Integer> labels() {
    List<Integer> labels = new ArrayList<>();
    for (int i = 0; i < 141; i++) {
      labels.add(i < 100 ? 0 : i < 140 ? 5 : 7);
    }
    return labels;
  }

  @Test
  void drawsSoManyOfEachClassAndAllOfASmallerOne() {
    List<int[]> splits = FewShotSplits.perClass(labels(), 5, 3, 42);
    assertEquals(3, splits.size());
    for (int[] split : splits) {
      assertEquals(11, split.length);
      assertEquals(5, Arrays.stream(split).filter(i -> i < 100).distinct().count());
      assertEquals(5, Arrays.stream(split).filter(i -> i >= 100 && i < 140).distinct().count());
      assertEquals(140, split[10]);
    }
    Set<String> different = new HashSet<>();
    splits.forEach(split -> different.add(Arrays.toString(split)));
    assertEquals(3, different.size());
    assertArrayEquals(splits.get(1), FewShotSplits.perClass(labels(), 5, 2, 42).get(1));
  }

  @Test
  void drawsAShareOfEachClassButAtLeastOneImage() {
    int[] split = FewShotSplits.share(labels(), 0.1, 1, 3).get(0);
    assertEquals(10 + 4 + 1, split.length);
    assertEquals(10, Arrays.stream(split).filter(i -> i < 100).count());
    assertEquals(3, FewShotSplits.share(labels(), 0.001, 1, 3).get(0).length);
    assertEquals(141, FewShotSplits.share(labels(), 1, 1, 3).get(0).length);
  }

  @Test
  void everyImageOfAClassIsDrawnAboutEquallyOften() {
    int[] counts = new int[40];
    for (int[] split : FewShotSplits.perClass(labels(), 10, 4000, 9)) {
      Arrays.stream(split).filter(i -> i >= 100 && i < 140).forEach(i -> counts[i - 100]++);
    }
    // 1000 each, with a deviation of 27.
    for (int count : counts) {
      assertEquals(1000, count, 150);
    }
  }

  @Test
  void scalesRowsAsThePapersDo() {
    assertArrayEquals(new double[] {0.6, 0.8}, RowScaling.UNIT.apply(new float[] {3, 4}), 1e-15);
    double root = Math.sqrt(0.5);
    assertArrayEquals(
        new double[] {-root, root}, RowScaling.CENTERED.apply(new float[] {3, 4}), 1e-15);
    assertArrayEquals(new double[2], RowScaling.CENTERED.apply(new float[] {4, 4}));
  }

  @Test
  void givesMeanAndDeviationOverSplits() {
    LabeledFeatures train =
        new LabeledFeatures(
            List.of(
                new float[] {1, 0}, new float[] {0, 1}, new float[] {1, 0.1f}, new float[] {0, 1}),
            List.of(0, 1, 1, 0));
    LabeledFeatures test =
        new LabeledFeatures(
            List.of(new float[] {2, 1}, new float[] {5, 6}, new float[] {9, 1}), List.of(0, 1, 1));
    FewShotResult result =
        FewShot.evaluate(
            train,
            test,
            List.of(new int[] {0, 1}, new int[] {2, 3}),
            RowScaling.CENTERED,
            LogisticConfig.published(1));
    // The second split has the classes the other way round.
    assertEquals(200.0 / 3, result.splits().get(0).top1(), 1e-9);
    assertEquals(100.0 / 3, result.splits().get(1).top1(), 1e-9);
    assertEquals(50, result.mean(), 1e-9);
    assertEquals(Math.sqrt(2) * 50 / 3, result.deviation(), 1e-9);
    assertTrue(result.splits().get(0).isConverged());
  }

  @Test
  void hasNoDeviationOverOneSplit() {
    assertEquals(
        0, new FewShotResult(List.of(new FewShotResult.Split(3, 70, 1, true))).deviation());
  }

  @Test
  void rejectsSplitsWithoutSense() {
    assertEquals(
        "a class needs at least one image, but 0 are asked for",
        assertThrows(
                IllegalArgumentException.class, () -> FewShotSplits.perClass(labels(), 0, 1, 0))
            .getMessage());
    assertThrows(IllegalArgumentException.class, () -> FewShotSplits.share(labels(), 1.1, 1, 0));
    assertThrows(IllegalArgumentException.class, () -> FewShotSplits.perClass(labels(), 1, 0, 0));
  }
}
