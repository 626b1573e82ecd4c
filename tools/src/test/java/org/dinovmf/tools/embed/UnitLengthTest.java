package org.dinovmf.tools.embed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class UnitLengthTest {

  @Test
  void givesUnitLength() {
    EmbeddedRow row = UnitLength.of(new EmbeddedRow(new float[] {3, 4}, ""));
    assertArrayEquals(new float[] {0.6f, 0.8f}, row.embedding());
    assertEquals("", row.reason());
  }

  @Test
  void callsARowWithoutADirectionBad() {
    EmbeddedRow row = UnitLength.of(new EmbeddedRow(new float[] {0, 0}, ""));
    assertTrue(row.isBad());
    assertTrue(Float.isNaN(row.embedding()[0]));
    assertEquals("an embedding of length 0 has no direction", row.reason());
  }
}
