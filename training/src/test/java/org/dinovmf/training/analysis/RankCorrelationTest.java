package org.dinovmf.training.analysis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class RankCorrelationTest {

  /** With ties on both sides. */
  @Test
  void matchesScipy() throws IOException {
    JsonNode ranks = new PrototypeGolden().get("ranks");
    double found =
        RankCorrelation.of(
                PrototypeGolden.doubles(ranks.get("a")), PrototypeGolden.doubles(ranks.get("b")))
            .orElseThrow();
    assertEquals(ranks.get("spearman").doubleValue(), found, 1e-12);
  }

  @Test
  void orderAloneCounts() {
    double[] rising = {1, 2, 30, 400};
    assertEquals(1, RankCorrelation.of(rising, new double[] {-9, 0, 1, 2}).orElseThrow(), 1e-15);
    assertEquals(-1, RankCorrelation.of(rising, new double[] {4, 3, 2, 1}).orElseThrow(), 1e-15);
  }

  @Test
  void nothingOfTooFewOrOfConstants() {
    assertTrue(RankCorrelation.of(new double[] {1, 2}, new double[] {1, 2}).isEmpty());
    assertTrue(RankCorrelation.of(new double[] {1, 2, 3}, new double[] {7, 7, 7}).isEmpty());
  }
}
