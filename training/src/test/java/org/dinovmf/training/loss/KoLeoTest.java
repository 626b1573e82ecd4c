package org.dinovmf.training.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import org.dinovmf.ops.GradientCheck;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;

class KoLeoTest {

  private static final Shape SHAPE = Shape.of(5, 4);

  /** Printed by koleo_sinkhorn.py. */
  @Test
  void matchesNumPyAndItsSlopeThatOfDifferences() {
    try (GradientCheck check = check(KoLeoTest::rows)) {
      assertEquals(-0.03888551044361392, check.output()[0], 1e-13);
      check.assertMatchesCentralDifference(1e-8);
    }
  }

  @Test
  void theLengthOfAVectorDoesNotMatter() {
    try (GradientCheck check = check(i -> (1 + i / 4) * rows(i))) {
      assertEquals(-0.03888551044361392, check.output()[0], 1e-13);
    }
  }

  /** Two images whose vectors fell together. */
  @Test
  void equalVectorsHaveAFiniteSlope() {
    try (GradientCheck check = check(i -> rows(i % 8))) {
      assertTrue(check.output()[0] > 10, "so near is dear");
      assertTrue(Arrays.stream(check.gradient(0)).allMatch(Double::isFinite));
    }
  }

  @Test
  void oneVectorHasNoNeighbour() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      var e =
          assertThrows(
              IllegalArgumentException.class,
              () -> KoLeo.of(tf, tf.constant(new double[][] {{1, 2}})));
      assertEquals("a nearest neighbour needs a batch of at least 2, but it is 1", e.getMessage());
    }
  }

  private static double rows(int i) {
    return Math.sin(1.3 * i + 0.2);
  }

  private static GradientCheck check(IntToDoubleFunction values) {
    return new GradientCheck(
        (tf, inputs) -> KoLeo.of(tf, inputs.get(0)),
        List.of(new GradientCheck.Input(SHAPE, values)));
  }
}
