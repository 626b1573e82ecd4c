package org.dinovmf.graph.preprocessing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class NormalizationTest {

  private static final List<Double> HALF = List.of(0.5, 0.5, 0.5);

  @Test
  void keepsItsOwnCopy() {
    List<Double> mean = new ArrayList<>(HALF);
    Normalization normalization = new Normalization(mean, HALF);
    mean.set(0, 9.0);
    assertEquals(HALF, normalization.mean());
  }

  @Test
  void rejectsUnequalNumbersOfChannels() {
    IllegalArgumentException fault =
        assertThrows(
            IllegalArgumentException.class,
            () -> new Normalization(List.of(0.5), List.of(0.5, 0.5)));
    assertEquals(
        "mean and std must have one value for each channel: mean=[0.5], std=[0.5, 0.5]",
        fault.getMessage());
  }

  @Test
  void rejectsADeviationOfZero() {
    IllegalArgumentException fault =
        assertThrows(
            IllegalArgumentException.class, () -> new Normalization(HALF, List.of(0.5, 0.0, 0.5)));
    assertEquals(
        "mean must be finite and std above 0: mean=[0.5, 0.5, 0.5], std=[0.5, 0.0, 0.5]",
        fault.getMessage());
  }
}
