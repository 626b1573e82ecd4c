package org.dinovmf.training.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class PosteriorChangeTest {

  private static final float[] DIRECTIONS = {1, 0, 0, 0, 2, 0, 0.6f, 0, 0.8f};

  /**
   * On the sphere in three dimensions the normalizer is kappa / (4 pi sinh kappa), so that
   * everything follows from a few lines of NumPy: posterior_change.py prints these numbers.
   */
  @Test
  void matchesNumPyInThreeDimensions() {
    PosteriorChange change = PosteriorChange.of(DIRECTIONS, new float[] {0.5f, 1, 2}, 0.25);
    assertEquals(0.5, change.shortest());
    assertEquals(2, change.longest());
    assertEquals(SPREAD, change.spread(), 1e-9);
    assertEquals(DISTANCE, change.meanDistance(), 1e-7); // float32 directions
    assertEquals(1 / 3.0, change.changedWinners(), 1e-15);
    assertEquals(3, change.embeddings());
  }

  @Test
  void equalLengthsChangeNothing() {
    PosteriorChange change = PosteriorChange.of(DIRECTIONS, new float[] {1, 1, 1}, 0.1);
    assertEquals(0, change.spread());
    assertEquals(0, change.meanDistance());
    assertEquals(0, change.changedWinners());
    assertEquals(
        "temperature 0.100: nothing, since all prototypes have length 1.000 and their normalizers cancel",
        change.line());
  }

  private static final double SPREAD = 4.632190973170815;
  private static final double DISTANCE = 0.318964999621508;
}
