package org.dinovmf.training.analysis;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpectrumTest {

  @Test
  void matchesNumpy() throws IOException {
    PrototypeGolden golden = new PrototypeGolden();
    Spectrum spectrum = Spectrum.of(golden.embeddings());
    assertArrayEquals(
        PrototypeGolden.doubles(golden.get("variances")), spectrum.variances(), 1e-12);
    assertEquals(golden.get("effectiveRank").doubleValue(), spectrum.effectiveRank(), 1e-10);
    double[] spreads = PrototypeGolden.doubles(golden.get("spread"));
    Spread spread = Spread.of(golden.embeddings());
    assertEquals(Arrays.stream(spreads).average().orElseThrow(), spread.mean(), 1e-12);
    assertEquals(Arrays.stream(spreads).min().orElseThrow(), spread.smallest(), 1e-12);
  }

  /** Along (3, 4) / 5 with deviation 5, and nothing across it. */
  @Test
  void projectsOntoTheLineOfTheRows() {
    Spectrum spectrum = Spectrum.of(List.of(new float[] {4, 6}, new float[] {-2, -2}));
    assertArrayEquals(new double[] {25, 0}, spectrum.variances(), 1e-12);
    assertEquals(1, spectrum.effectiveRank(), 1e-6);
    assertArrayEquals(new double[] {5, 0}, spectrum.project(new float[] {4, 6}, 2), 1e-12);
  }

  @Test
  void onePointHasNoRank() {
    List<float[]> point = List.of(new float[] {1, 0, 0}, new float[] {1, 0, 0});
    assertEquals(0, Spectrum.of(point).effectiveRank());
    assertEquals(new Spread(0, 0), Spread.of(point));
  }
}
