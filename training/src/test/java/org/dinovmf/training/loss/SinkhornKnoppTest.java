package org.dinovmf.training.loss;

import static org.dinovmf.ops.Tensors.doubles;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

class SinkhornKnoppTest {

  private static final int ROWS = 4;
  private static final int PROTOTYPES = 3;
  private static final double[] NORMALIZER = {0, 3, -2};

  /** Printed by koleo_sinkhorn.py. */
  private static final double[] EXPECTED = {
    0.2604479745118332, 0.37166225807549746, 0.3678897674126693,
    0.30639647598485764, 0.3478053941813633, 0.345798129833779,
    0.35652469576380397, 0.3212487264792924, 0.3222265777569037,
    0.40996417796813184, 0.29261695941273214, 0.297418862619136
  };

  @Test
  void matchesNumPy() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat64> logits = tf.constant(logits(0));
      try (Session session = new Session(graph);
          Result result = session.runner().fetch(SinkhornKnopp.targets(tf, logits)).run()) {
        assertArrayEquals(EXPECTED, doubles(result.get(0)), 1e-14);
      }
    }
  }

  /** An exponential of these would not fit float32, whatever the largest logit. */
  @Test
  void farPrototypesAndLargeLogitsAreNoFault() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> logits = tf.dtypes.cast(tf.constant(logits(-300)), TFloat32.class);
      try (Session session = new Session(graph);
          Result result = session.runner().fetch(SinkhornKnopp.targets(tf, logits)).run()) {
        double[] found = doubles(result.get(0));
        assertArrayEquals(EXPECTED, found, 1e-4, "the shift of a prototype is taken out");
        for (int row = 0; row < ROWS; row++) {
          assertEquals(
              1, Arrays.stream(found, row * PROTOTYPES, (row + 1) * PROTOTYPES).sum(), 1e-6);
        }
      }
    }
  }

  /** As where no patch of a batch is masked. */
  @Test
  void noRowsAreNoFault() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat64> logits = tf.zeros(tf.array(0, PROTOTYPES), TFloat64.class);
      try (Session session = new Session(graph);
          Result result = session.runner().fetch(SinkhornKnopp.targets(tf, logits)).run()) {
        assertTrue(result.get(0).shape().size() == 0);
      }
    }
  }

  private static double[][] logits(double shift) {
    double[][] logits = new double[ROWS][PROTOTYPES];
    for (int i = 0; i < ROWS * PROTOTYPES; i++) {
      int k = i % PROTOTYPES;
      logits[i / PROTOTYPES][k] = 9 * Math.sin(2.1 * i) + NORMALIZER[k] + (k == 1 ? shift : 0);
    }
    return logits;
  }
}
