package org.dinovmf.tools.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class NeighborsTest {

  @Test
  void nearestNeighborsComeFirstWhateverTheirLength() {
    List<float[]> bank = List.of(new float[] {0, 1}, new float[] {9, 9}, new float[] {0.1f, 0});
    assertEquals(List.of(2, 1), Neighbors.nearest(bank, new float[] {1, 0.1f}, 2));
  }
}
