package org.dinovmf.tools.analysis;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class OutOfDistributionTest {

  @Test
  void imagesOfHigherDensityAreInside() {
    OutOfDistribution apart =
        OutOfDistribution.of(new double[] {5, 3, 4}, new double[] {2, 1, -7, 0});
    assertEquals(new OutOfDistribution(3, 4, 1, 4, 0.5), apart);
  }

  /** 3 of the 4 pairs are in order. */
  @Test
  void countsPairsInOrder() {
    assertEquals(0.75, OutOfDistribution.of(new double[] {1, 3}, new double[] {0, 2}).auroc());
  }
}
