package org.dinovmf.training.eval.linear;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.dinovmf.training.eval.EvalGolden;
import org.dinovmf.training.eval.Workers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class LogisticRegressionTest {

  static List<JsonNode> cases() {
    return EvalGolden.cases("logistic");
  }

  @ParameterizedTest(name = "case {index}")
  @MethodSource("cases")
  void reachesTheMinimumThatScikitLearnReaches(JsonNode golden) {
    LogisticRegression fitted = fit(golden, 1);
    assertTrue(fitted.isConverged());
    double expected = golden.get("loss").doubleValue();
    // The tolerance of the fit; both sides exceed the minimum by less.
    assertEquals(expected, fitted.loss(), 1e-8 * expected);
  }

  @Test
  void hasTheSameBitsForAnyNumberOfThreads() {
    JsonNode golden = cases().get(2);
    LogisticRegression one = fit(golden, 1);
    LogisticRegression three = fit(golden, 3);
    assertEquals(one.loss(), three.loss());
    assertTrue(Arrays.deepEquals(one.weights(), three.weights()));
  }

  @Test
  void declaresTheGradientOfItsLoss() {
    SplittableRandom random = new SplittableRandom(5);
    double[][] rows = new double[37][9];
    int[] labels = new int[rows.length];
    for (int i = 0; i < rows.length; i++) {
      Arrays.setAll(rows[i], d -> random.nextGaussian());
      labels[i] = random.nextInt(4);
    }
    try (Workers workers = new Workers(2)) {
      LogisticLoss loss = new LogisticLoss(rows, labels, 4, 3.0, workers);
      double[] at = random.doubles(loss.size(), -1, 1).toArray();
      double[] direction = random.doubles(loss.size(), -1, 1).toArray();
      double[] gradient = new double[loss.size()];
      loss.evaluate(at, gradient);
      double slope = 0;
      for (int i = 0; i < gradient.length; i++) {
        slope += gradient[i] * direction[i];
      }
      double step = 1e-5;
      double[] unused = new double[loss.size()];
      double difference =
          loss.evaluate(moved(at, direction, step), unused)
              - loss.evaluate(moved(at, direction, -step), unused);
      // The third derivative leaves about step^2, rounding about 1e-16 / step.
      assertEquals(difference / (2 * step), slope, 1e-9);
    }
  }

  private static double[] moved(double[] at, double[] direction, double step) {
    double[] moved = at.clone();
    for (int i = 0; i < moved.length; i++) {
      moved[i] += step * direction[i];
    }
    return moved;
  }

  /** Rosenbrock's valley has its minimum at (1, 1) and is not convex. */
  @Test
  void searchFollowsACurvedValley() {
    SmoothFunction valley =
        (x, gradient) -> {
          double a = 1 - x[0];
          double b = x[1] - x[0] * x[0];
          gradient[0] = -2 * a - 400 * x[0] * b;
          gradient[1] = 200 * b;
          return a * a + 100 * b * b;
        };
    Lbfgs.Minimum found =
        Lbfgs.minimize(valley, new double[] {-1.2, 1}, (value, g) -> value < 1e-20, 200);
    assertTrue(found.isReached());
    assertArrayEquals(new double[] {1, 1}, found.point(), 1e-9);
    assertFalse(
        Lbfgs.minimize(valley, new double[] {-1.2, 1}, (value, g) -> value < 1e-20, 3).isReached());
  }

  @Test
  void classifiesByTheHighestLogit() {
    LogisticRegression fitted =
        LogisticRegression.fit(
            new double[][] {{1, 0}, {0, 1}}, new int[] {2, 0}, 3, LogisticConfig.published(1));
    assertEquals(2, fitted.classify(new double[] {3, 1}));
    assertEquals(0, fitted.classify(new double[] {1, 3}));
    assertEquals(0, fitted.classify(new double[] {0, 0}), "of equal logits the lower class");
  }

  @Test
  void rejectsRowsWithoutSense() {
    LogisticConfig config = LogisticConfig.published(1);
    assertEquals(
        "labels must be in [0, 2), but row 0 has 2",
        assertThrows(
                IllegalArgumentException.class,
                () -> LogisticRegression.fit(new double[1][3], new int[] {2}, 2, config))
            .getMessage());
    assertThrows(
        IllegalArgumentException.class,
        () -> LogisticRegression.fit(new double[0][], new int[0], 2, config));
    assertEquals(
        "lambda must be above 0, but is 0.0",
        assertThrows(IllegalArgumentException.class, () -> config.withLambda(0)).getMessage());
  }

  private static LogisticRegression fit(JsonNode golden, int threads) {
    double[][] rows = EvalGolden.matrix(golden.get("rows"));
    int[] labels = EvalGolden.ints(golden.get("labels"));
    int classes = Arrays.stream(labels).max().orElseThrow() + 1;
    LogisticConfig config =
        LogisticConfig.published(threads).withLambda(golden.get("lambda").doubleValue());
    return LogisticRegression.fit(rows, labels, classes, config);
  }
}
