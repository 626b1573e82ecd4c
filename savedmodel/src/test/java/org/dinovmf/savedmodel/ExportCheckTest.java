package org.dinovmf.savedmodel;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import org.junit.jupiter.api.Test;

final class ExportCheckTest {

  @Test
  void acceptsRounding() {
    assertDoesNotThrow(
        () ->
            ExportCheck.requireEqual(
                "from_pixels", new float[][] {{1f}}, new float[][] {{1.000005f}}));
  }

  @Test
  void refusesAnotherValue() {
    IOException fault =
        assertThrows(
            IOException.class,
            () ->
                ExportCheck.requireEqual(
                    "from_pixels", new float[][] {{0f, 1f}}, new float[][] {{0f, 1.5f}}));
    assertEquals(
        "the exported model must give the values of the checkpoint to 1.0E-5 of the largest, but"
            + " 'from_pixels' gives 1.5 in place of 1.0 in column 1; the export was removed",
        fault.getMessage());
  }

  @Test
  void refusesNan() {
    assertThrows(
        IOException.class,
        () ->
            ExportCheck.requireEqual(
                "x", new float[][] {{Float.NaN}}, new float[][] {{Float.NaN}}));
  }

  @Test
  void refusesRoundingThatTurnsEmbeddings() {
    float[][] exact = {{1, 0}};
    for (WeightType type : new WeightType[] {WeightType.FLOAT16, WeightType.BFLOAT16}) {
      float sine = (float) Math.sqrt(2 * type.distance());
      assertDoesNotThrow(
          () -> ExportCheck.requireAlike(type, exact, new float[][] {{1, 0.9f * sine}}));
      assertThrows(
          IOException.class,
          () -> ExportCheck.requireAlike(type, exact, new float[][] {{1, 1.2f * sine}}));
    }
    IOException fault =
        assertThrows(
            IOException.class,
            () ->
                ExportCheck.requireAlike(
                    WeightType.FLOAT16, exact, new float[][] {{Float.NaN, 0}}));
    assertEquals(
        "weights in float16 must turn no embedding by more than a cosine distance of 0.001, but turn"
            + " one by NaN; export with --weights float32",
        fault.getMessage());
  }

  @Test
  void refusesAnotherPrototypeOrConcentration() {
    Assignment before = assignment(new int[] {3, 1, 2}, new float[] {9, 8, 7});
    assertDoesNotThrow(() -> ExportCheck.requireEqual(before, before));
    IOException fault =
        assertThrows(
            IOException.class,
            () ->
                ExportCheck.requireEqual(
                    before, assignment(new int[] {4, 1, 2}, new float[] {9, 8, 7})));
    assertEquals(
        "the exported model must give the 'prototype_indices' of the checkpoint, but 'assign' gives"
            + " 4 in place of 3; the export was removed",
        fault.getMessage());
    assertThrows(
        IOException.class,
        () ->
            ExportCheck.requireEqual(
                before, assignment(new int[] {3, 1, 2}, new float[] {9.1f, 8, 7})));
  }

  /** The posteriors of the last two of three are equal to rounding. */
  @Test
  void letsRanksOfEqualPosteriorChangePlaces() {
    Assignment before = assignment(new int[] {3, 1, 2}, new float[] {9, 8, 7});
    assertDoesNotThrow(
        () ->
            ExportCheck.requireEqual(
                before, assignment(new int[] {3, 2, 1}, new float[] {9, 7, 8})));
  }

  private static Assignment assignment(int[] prototypes, float[] kappas) {
    return new Assignment(
        new float[][] {{0, 1}},
        new int[][] {prototypes},
        new float[][] {{0.6f, 0.2f, 0.1999999f}},
        new float[][] {kappas},
        new float[] {1});
  }
}
