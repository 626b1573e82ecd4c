package org.dinovmf.training.method;

import static org.dinovmf.ops.Tensors.doubles;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.Optional;
import org.dinovmf.graph.WeightStore;
import org.dinovmf.training.loss.Center;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;

class KoLeoTermTest {

  private static final int BATCH = 2;
  private static final int DIM = 3;
  private static final int PHASE = 1;

  /**
   * The student's class tokens alone, each crop by itself: the two crops of an image may be alike.
   */
  @Test
  void isTheSumOverTheGlobalCropsOfTheStudent() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat64> temp = tf.constant(0.1);
      Pair<TFloat64> pair =
          new Pair<>(
              PatchTermTest.network(tf, false, PHASE),
              PatchTermTest.network(tf, true, 2),
              new Pair.Temperatures<>(temp, temp, temp),
              Optional.empty(),
              BATCH,
              new WeightStore<>(tf, TFloat64.class, 1));
      Term.Built<TFloat64> built =
          new KoLeoTerm(1).build(tf, pair, TargetKind.CENTERED.of(Center.LOGIT, 0.9));
      assertSame(built.value(), built.measures().get("loss_koleo"));
      try (Session session = new Session(graph);
          Result result = session.runner().fetch(built.value()).run()) {
        double expected = -Math.log(distance(0, 1)) - Math.log(distance(2, 3));
        assertEquals(expected, doubles(result.get(0))[0], 1e-6); // a guard of 1e-8 in the distance
      }
    }
  }

  /** Between two class tokens of the student, scaled to length 1. */
  private static double distance(int first, int second) {
    double sum = 0;
    for (int i = 0; i < DIM; i++) {
      sum += Math.pow(value(first, i) / norm(first) - value(second, i) / norm(second), 2);
    }
    return Math.sqrt(sum);
  }

  private static double norm(int row) {
    return Math.hypot(Math.hypot(value(row, 0), value(row, 1)), value(row, 2));
  }

  /** As {@link PatchTermTest#varied} gives it. */
  private static double value(int row, int i) {
    return Math.sin(1.7 * (row * DIM + i) + PHASE);
  }
}
