package org.dinovmf.training.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the tables of DistributionTest do not show. */
class MaskConfigTest {

  @Test
  void faultsAreToldTogether() {
    var counts =
        assertThrows(
            IllegalArgumentException.class,
            () -> new MaskConfig(MaskShape.BLOCK, List.of(0.3), List.of()));
    assertEquals(
        "masks need as many ratios as variations, at least one, but have [0.3] and []",
        counts.getMessage());
    var range =
        assertThrows(
            IllegalArgumentException.class,
            () -> new MaskConfig(MaskShape.BLOCK, List.of(0.1, 0.9), List.of(0.2, 0.2)));
    assertEquals(
        "every mask ratio with its variation must stay in [0, 1], but they are [0.1, 0.9] and [0.2, 0.2]",
        range.getMessage());
  }

  @Test
  void eachChoiceHasItsOwnMask() {
    MaskPlan plan = plan(MaskShape.RANDOM, 0.5);
    byte[] first = draw(plan, 1, 2, "x", 0);
    assertTrue(Arrays.equals(first, draw(plan, 1, 2, "x", 0)));
    assertFalse(Arrays.equals(first, draw(plan, 9, 2, "x", 0)), "seed");
    assertFalse(Arrays.equals(first, draw(plan, 1, 3, "x", 0)), "epoch");
    assertFalse(Arrays.equals(first, draw(plan, 1, 2, "y", 0)), "path");
    assertFalse(Arrays.equals(first, draw(plan, 1, 2, "x", 1)), "view");
  }

  @Test
  void singlePatchesAreRoundedDown() {
    for (int epoch = 0; epoch < 20; epoch++) {
      assertEquals(19, count(draw(plan(MaskShape.RANDOM, 0.3), 1, epoch, "x", 0))); // of 19.2
    }
  }

  @ParameterizedTest
  @EnumSource
  void theEndsOfTheRangeArePossible(MaskShape shape) {
    assertEquals(0, count(draw(plan(shape, 0), 1, 0, "x", 0)));
    int all = count(draw(plan(shape, 1), 1, 0, "x", 0));
    assertTrue(shape == MaskShape.RANDOM ? all == 64 : all > 32, "masked: " + all);
  }

  /** A grid so small that no rectangle is narrower than it. */
  @ParameterizedTest
  @EnumSource
  void oneOrTwoPatchesASideAreNoFault(MaskShape shape) {
    for (int grid = 1; grid <= 2; grid++) {
      MaskPlan plan = new MaskPlan(new MaskConfig(shape, List.of(0.5), List.of(0.0)), grid, 0);
      assertTrue(count(draw(plan, 1, 0, "x", 0)) <= grid * grid / 2.0);
    }
  }

  private static MaskPlan plan(MaskShape shape, double ratio) {
    return new MaskPlan(new MaskConfig(shape, List.of(ratio), List.of(0.0)), 8, 0);
  }

  private static byte[] draw(MaskPlan plan, long seed, long epoch, String path, int view) {
    byte[] mask = new byte[plan.patches()];
    plan.draw(seed, epoch, path, view, mask, 0);
    return mask;
  }

  private static int count(byte[] mask) {
    return IntStream.range(0, mask.length).map(i -> mask[i]).sum();
  }
}
