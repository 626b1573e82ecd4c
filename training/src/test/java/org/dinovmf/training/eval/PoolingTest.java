package org.dinovmf.training.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.junit.jupiter.api.Test;

final class PoolingTest {

  private static final float[][] PATCHES = {{1, -5, 2}, {3, 0, 2}};

  @Test
  void takesTheMean() {
    assertArrayEquals(new float[] {2, -2.5f, 2}, Pooling.mean(PATCHES));
  }

  /** (1 + 81) / 2 = 41, whose fourth root is 2.530440; what is not above 0 counts as 1e-6. */
  @Test
  void takesTheGeneralizedMean() {
    assertArrayEquals(new float[] {2.530440f, 1e-6f, 2}, Pooling.generalizedMean(PATCHES), 1e-6f);
  }
}
