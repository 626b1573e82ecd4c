package org.dinovmf.tools.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class QuantilesTest {

  /** {@code numpy.quantile([5, 1, 4, 2.5], [0, .1, .5, .9, 1])}. */
  @Test
  void matchesNumpy() {
    Quantiles quantiles = Quantiles.of(new float[] {5, 1, 4, 2.5f});
    assertEquals(1, quantiles.min());
    assertEquals(1.45, quantiles.p10(), 1e-12);
    assertEquals(3.25, quantiles.median(), 1e-12);
    assertEquals(4.7, quantiles.p90(), 1e-12);
    assertEquals(5, quantiles.max());
  }

  @Test
  void oneValueIsEveryQuantile() {
    assertEquals(new Quantiles(2, 2, 2, 2, 2), Quantiles.of(new float[] {2}));
  }

  @Test
  void rejectsNoValue() {
    assertThrows(IllegalArgumentException.class, () -> Quantiles.of(new float[0]));
  }
}
