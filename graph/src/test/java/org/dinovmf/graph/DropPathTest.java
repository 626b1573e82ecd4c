package org.dinovmf.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

class DropPathTest {

  private static final int ROWS = 4000;
  private static final int DEPTH = 5;

  /** The rate rises linearly, from 0 in the first block. */
  @ParameterizedTest
  @CsvSource({"0.4, 1", "0.4, 2", "0.4, 3", "0.4, 4", "0.9, 4"})
  void keepsItsShareAndRescalesIt(double rate, int block) {
    double keep = 1 - rate * block / (DEPTH - 1);
    try (GraphFixture fixture = new GraphFixture()) {
      Operand<TFloat64> branch = fixture.constant(Shape.of(ROWS, 2, 3), k -> 1 + k % 6);
      double[] found =
          fixture.run(dropPath(fixture, rate, 7, 0).apply(fixture.tf, branch, block, DEPTH, 0));
      int kept = 0;
      for (int row = 0; row < ROWS; row++) {
        boolean isKept = found[6 * row] != 0;
        for (int i = 0; i < 6; i++) {
          assertEquals(isKept ? (1 + i) / keep : 0, found[6 * row + i], 1e-14 * 6 / keep);
        }
        kept += isKept ? 1 : 0;
      }
      // Five deviations of a binomial share.
      assertEquals(keep, (double) kept / ROWS, 5 * Math.sqrt(keep * (1 - keep) / ROWS));
    }
  }

  @Test
  void worksInFloat32() {
    try (GraphFixture fixture = new GraphFixture()) {
      Operand<TFloat32> branch =
          fixture.tf.dtypes.cast(fixture.constant(Shape.of(8, 1, 1), k -> 1), TFloat32.class);
      double[] found = fixture.run(dropPath(fixture, 0.5, 7, 0).apply(fixture.tf, branch, 1, 2, 0));
      assertTrue(Arrays.stream(found).allMatch(value -> value == 0 || value == 2));
    }
  }

  @Test
  void takesABatchOfUnknownSize() {
    try (GraphFixture fixture = new GraphFixture()) {
      Operand<TFloat64> branch =
          fixture.tf.placeholderWithDefault(
              fixture.constant(Shape.of(64, 1, 1), k -> 1), Shape.of(-1, 1, 1));
      double[] found = fixture.run(dropPath(fixture, 0.5, 7, 0).apply(fixture.tf, branch, 1, 2, 0));
      assertEquals(2, Arrays.stream(found).distinct().count());
    }
  }

  @Test
  void theFirstBlockIsNeverDropped() {
    try (GraphFixture fixture = new GraphFixture()) {
      DropPath dropPath = dropPath(fixture, 0.9, 7, 0);
      Operand<TFloat64> branch = fixture.constant(Shape.of(4, 1, 1), k -> 1);
      assertSame(branch, dropPath.apply(fixture.tf, branch, 0, DEPTH, 0));
      assertSame(branch, dropPath.apply(fixture.tf, branch, 0, 1, 1));
    }
  }

  @Test
  void noRateIsNoDropPath() {
    try (GraphFixture fixture = new GraphFixture()) {
      assertSame(DropPath.none(), dropPath(fixture, 0, 7, 0));
      Operand<TFloat64> branch = fixture.constant(Shape.of(4, 1, 1), k -> 1);
      assertSame(branch, DropPath.none().apply(fixture.tf, branch, 4, DEPTH, 0));
    }
  }

  @Test
  void theSeedDecides() {
    try (GraphFixture fixture = new GraphFixture();
        GraphFixture other = new GraphFixture()) {
      double[] first = kept(fixture, 7, 0, 3, 0);
      assertArrayEquals(first, kept(fixture, 7, 0, 3, 0));
      other.tf.constant("another graph");
      assertArrayEquals(first, kept(other, 7, 0, 3, 0));
      assertFalse(Arrays.equals(first, kept(fixture, 7 + 16, 0, 3, 0)), "another step");
      assertFalse(Arrays.equals(first, kept(fixture, 7, 1, 3, 0)), "another pass");
      assertFalse(Arrays.equals(first, kept(fixture, 7, 0, 4, 0)), "another block");
      assertFalse(Arrays.equals(first, kept(fixture, 7, 0, 3, 1)), "the other branch");
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1, 1.5, Double.NaN})
  void refusesARateOutsideItsRange(double rate) {
    try (GraphFixture fixture = new GraphFixture()) {
      var e = assertThrows(IllegalArgumentException.class, () -> dropPath(fixture, rate, 7, 0));
      assertEquals("drop path must be in [0, 1) but is " + rate, e.getMessage());
    }
  }

  /** 1 for each of 64 samples that were kept. */
  private static double[] kept(GraphFixture fixture, long step, int pass, int block, int index) {
    Operand<TFloat64> branch = fixture.constant(Shape.of(64, 1, 1), k -> 1);
    DropPath dropPath = dropPath(fixture, 0.9, step, pass);
    return Arrays.stream(fixture.run(dropPath.apply(fixture.tf, branch, block, DEPTH, index)))
        .map(Math::signum)
        .toArray();
  }

  private static DropPath dropPath(GraphFixture fixture, double rate, long step, int pass) {
    return DropPath.of(rate, fixture.tf.constant(new long[] {11, step}), pass);
  }
}
