package org.dinovmf.training.method;

import static org.dinovmf.ops.Tensors.doubles;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Optional;
import org.dinovmf.graph.WeightStore;
import org.dinovmf.training.loss.Center;
import org.dinovmf.training.method.TeacherTarget.Answer;
import org.dinovmf.training.method.TeacherTarget.Targets;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;

class TeacherTargetTest {

  private static final double TEMPERATURE = 0.2;
  private static final double[][] SCORES = {{0.3, -0.1, 0.2}, {0.1, 0.4, -0.3}};
  private static final double[] LOG_NORMALIZER = {0, -1.5, 0.7};

  /** Three rounds by hand: columns to equal sums, then rows to 1, of the mixture's posteriors. */
  @Test
  void sinkhornBalancesTheScoresOverTheTemperatureWithTheNormalizer() {
    double[][] expected = new double[SCORES.length][];
    for (int row = 0; row < SCORES.length; row++) {
      expected[row] = new double[SCORES[row].length];
      for (int k = 0; k < expected[row].length; k++) {
        expected[row][k] = Math.exp(SCORES[row][k] / TEMPERATURE + LOG_NORMALIZER[k]);
      }
    }
    for (int round = 0; round < 3; round++) {
      for (int k = 0; k < LOG_NORMALIZER.length; k++) {
        double sum = expected[0][k] + expected[1][k];
        for (double[] row : expected) {
          row[k] /= sum;
        }
      }
      for (double[] row : expected) {
        double sum = Arrays.stream(row).sum();
        for (int k = 0; k < row.length; k++) {
          row[k] /= sum;
        }
      }
    }
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Targets<TFloat64> targets =
          TargetKind.SINKHORN
              .of(Center.LOGIT, 0.9)
              .of(
                  tf,
                  new WeightStore<>(tf, TFloat64.class, 1),
                  "center",
                  new Answer<>(
                      tf.constant(SCORES),
                      (scope, statistic) -> statistic.of(scope, scope.constant(SCORES)),
                      tf.constant(TEMPERATURE),
                      Optional.of(tf.constant(LOG_NORMALIZER))));
      assertTrue(targets.centers().isEmpty());
      try (Session session = new Session(graph);
          Result result = session.runner().fetch(targets.distributions()).run()) {
        double[] found = doubles(result.get(0));
        for (int i = 0; i < found.length; i++) {
          assertEquals(expected[i / 3][i % 3], found[i], 1e-14);
        }
      }
    }
  }
}
