package org.dinovmf.tools.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.dinovmf.tools.page.Charts.Series;
import org.dinovmf.tools.page.Charts.Span;
import org.junit.jupiter.api.Test;

final class ChartsTest {

  private static final double[] STEPS = {10, 20};

  @Test
  void aConstantHasRoomAroundItsRounding() {
    Span span = Charts.room(List.of(line(10, 10.0000001), line(9.9999999, 10))).orElseThrow();
    assertEquals(9, span.low(), 1e-6);
    assertEquals(11, span.high(), 1e-6);
  }

  @Test
  void zerosHaveRoomToo() {
    assertEquals(Optional.of(new Span(-1, 1)), Charts.room(List.of(line(0, 0))));
  }

  @Test
  void whatChangesFillsItsChart() {
    assertTrue(Charts.room(List.of(line(5, 5.01))).isEmpty());
    assertTrue(Charts.room(List.of(line(5, 5), line(7, 7))).isEmpty());
    assertTrue(Charts.room(List.of(line(0, 1e-9))).isEmpty());
  }

  @Test
  void whatIsEmptyOrNoNumberIsLeftToTheChart() {
    assertTrue(Charts.room(List.of(new Series("none", new double[0], new double[0]))).isEmpty());
    assertTrue(Charts.room(List.of()).isEmpty());
    assertTrue(Charts.room(List.of(line(Double.NaN, 3))).isEmpty());
  }

  private static Series line(double first, double second) {
    return new Series("line", STEPS, new double[] {first, second});
  }
}
