package org.dinovmf.training.analysis;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class KappaBinTest {

  @Test
  void sortsByConcentration() {
    assertEquals(
        List.of(new KappaBin(1, 2, 2, 0), new KappaBin(3, 5, 3, 2 / 3.0)),
        KappaBin.of(
            new double[] {5, 1, 4, 2, 3}, new boolean[] {true, false, false, false, true}, 2));
  }

  @Test
  void keepsEqualOnesTogether() {
    assertEquals(
        List.of(new KappaBin(1, 2, 4, 0.5), new KappaBin(9, 9, 1, 1)),
        KappaBin.of(
            new double[] {2, 2, 1, 2, 9}, new boolean[] {true, false, true, false, true}, 2));
    assertEquals(
        List.of(new KappaBin(7, 7, 3, 1)),
        KappaBin.of(new double[] {7, 7, 7}, new boolean[] {true, true, true}, 5));
  }
}
