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
}
