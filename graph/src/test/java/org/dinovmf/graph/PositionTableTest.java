package org.dinovmf.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;

/** The golden values are printed by golden/position_table.py. */
class PositionTableTest {

  /** The reference's coordinates are rounded once more than ours. */
  private static final double TOLERANCE = 1e-13;

  private static final double[][] FOUR_TO_SEVEN = {
    {1.100046956505945, -0.100046956505947, 0, 0},
    {0.672436373847129, 0.386052241339327, -0.058488615186457, 0},
    {0.074564277152701, 0.982101259111901, -0.056665536264602, 0},
    {-0.098717366188802, 0.630396331071132, 0.556508548912998, -0.088187513795328},
    {0, -0.024581442732970, 0.997264945056172, 0.027316497676797},
    {0, -0.072337728513513, 0.461901404958215, 0.610436323555297},
    {0, 0, -0.085313545127140, 1.085313545127139},
  };

  private static final double[][] THREE_TO_ONE = {
    {0.114951164537942, 0.961330766341097, -0.076281930879039}
  };

  /** The table of cosines, 4 by 4 by 2, resized to 3 by 5. */
  private static final double[] RESIZED = {
    0.957359387355810, 0.432402967348316, -0.078027424222847, -0.645501501550912,
    -0.728359226323097, -0.445739881384927, -0.164441275381113, 0.553059881106915,
    0.901917871044646, 0.568275804986900, -0.753952150150843, -0.990057852163381,
    -0.516867020771931, 0.197564304665682, 0.462951401014529, 0.775598596204008,
    0.723997810251333, 0.049916329316473, -0.557799280270070, -0.963539599577759,
    0.000057908699322, 0.738877113657141, 0.657843195959097, 0.353491078325143,
    0.125829171769274, -0.482977906345833, -0.676261477975391, -0.552198946503306,
    -0.173407271800461, 0.587000315288561,
  };

  @Test
  void weightsMatchPyTorch() {
    assertRows(FOUR_TO_SEVEN, PositionRule.OFFSET.weights(4, 7));
    assertRows(THREE_TO_ONE, PositionRule.OFFSET.weights(3, 1));
  }

  @Test
  void anOblongGridMatchesPyTorch() {
    try (GraphFixture fixture = new GraphFixture()) {
      Operand<TFloat64> table = fixture.constant(Shape.of(1, 16, 2), Math::cos);
      Operand<TFloat64> resized =
          PositionTable.resize(fixture.tf, table, PositionRule.OFFSET, 4, 3, 5);
      assertEquals(Shape.of(1, 15, 2), resized.shape());
      assertArrayEquals(RESIZED, fixture.run(resized), TOLERANCE);
    }
  }

  @ParameterizedTest
  @CsvSource({"14, 6", "14, 7", "16, 6", "28, 12", "3, 11", "1, 4", "2, 1", "4, 4"})
  void everyRowSumsToOne(int side, int size) {
    double[][] weights = PositionRule.OFFSET.weights(side, size);
    assertEquals(size, weights.length);
    for (double[] row : weights) {
      assertEquals(side, row.length);
      assertEquals(1, Arrays.stream(row).sum(), 1e-14);
    }
  }

  /** Constants are golden above and in other tests; sizes below, at and above the table's. */
  @ParameterizedTest
  @EnumSource(PositionRule.class)
  void weightsInTheGraphAreTheConstants(PositionRule rule) {
    for (int side : new int[] {1, 2, 3, 7, 14, 16, 37}) {
      try (GraphFixture fixture = new GraphFixture()) {
        for (int size : new int[] {1, 2, 3, 5, 6, 7, 11, 14, 16, 24, 37, 61}) {
          Operand<TFloat64> weights = rule.weights(fixture.tf, side, unknown(fixture, size));
          assertArrayEquals(
              Arrays.stream(rule.weights(side, size)).flatMapToDouble(Arrays::stream).toArray(),
              fixture.run(weights),
              TOLERANCE,
              side + " to " + size);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"4, 4", "4, 6", "6, 4", "3, 5", "8, 8", "1, 9"})
  void aGridComputedInTheGraphIsTheConstantOne(int rows, int columns) {
    for (PositionRule rule : PositionRule.values()) {
      try (GraphFixture fixture = new GraphFixture()) {
        Operand<TFloat64> table = fixture.constant(Shape.of(1, 16, 2), Math::cos);
        Operand<TFloat64> known = PositionTable.resize(fixture.tf, table, rule, 4, rows, columns);
        Operand<TFloat64> computed =
            PositionTable.resize(
                fixture.tf, table, rule, 4, unknown(fixture, rows), unknown(fixture, columns));
        assertArrayEquals(new long[] {1, -1, 2}, computed.shape().asArray());
        assertArrayEquals(fixture.run(known), fixture.run(computed), TOLERANCE, rule.label());
      }
    }
  }

  /** A size that is not known when the graph is built. */
  private static Operand<TInt64> unknown(GraphFixture fixture, int size) {
    return fixture.tf.placeholderWithDefault(fixture.tf.constant((long) size), Shape.scalar());
  }

  @Test
  void theSameGridIsUntouched() {
    try (GraphFixture fixture = new GraphFixture()) {
      Operand<TFloat64> table = fixture.constant(Shape.of(1, 16, 2), Math::cos);
      assertSame(table, PositionTable.resize(fixture.tf, table, PositionRule.OFFSET, 4, 4, 4));
    }
  }

  private static void assertRows(double[][] expected, double[][] found) {
    assertEquals(expected.length, found.length);
    for (int i = 0; i < expected.length; i++) {
      assertArrayEquals(expected[i], found[i], TOLERANCE, "row " + i);
    }
  }
}
