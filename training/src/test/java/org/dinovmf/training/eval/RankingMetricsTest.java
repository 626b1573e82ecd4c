package org.dinovmf.training.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class RankingMetricsTest {

  static List<JsonNode> cases() {
    return EvalGolden.cases("ranking");
  }

  @ParameterizedTest(name = "case {index}")
  @MethodSource("cases")
  void matchesScikitLearn(JsonNode golden) {
    double[] scores = EvalGolden.doubles(golden.get("scores"));
    boolean[] truth = new boolean[scores.length];
    for (int i = 0; i < truth.length; i++) {
      truth[i] = golden.get("truth").get(i).booleanValue();
    }
    assertEquals(golden.get("auroc").doubleValue(), RankingMetrics.auroc(scores, truth), 1e-12);
    assertEquals(
        golden.get("averagePrecision").doubleValue(),
        RankingMetrics.averagePrecision(scores, truth),
        1e-12);
  }

  @Test
  void countsAnEqualScoreAsOneHalf() {
    boolean[] truth = {true, false, false};
    assertEquals(0.75, RankingMetrics.auroc(new double[] {0.0, -0.0, -1}, truth));
    assertEquals(0.5, RankingMetrics.averagePrecision(new double[] {0.0, -0.0, -1}, truth));
  }

  @Test
  void isOneForAPerfectRanking() {
    double[] scores = {3, -1, Double.POSITIVE_INFINITY};
    boolean[] truth = {true, false, true};
    assertEquals(1, RankingMetrics.auroc(scores, truth));
    assertEquals(1, RankingMetrics.averagePrecision(scores, truth));
  }

  @Test
  void rejectsWhatCannotBeRanked() {
    assertEquals(
        "AUROC needs a positive and a negative, but there are 2 and 0",
        message(() -> RankingMetrics.auroc(new double[2], new boolean[] {true, true})));
    assertEquals(
        "average precision needs a positive, but there is none among 1",
        message(() -> RankingMetrics.averagePrecision(new double[1], new boolean[1])));
    assertEquals(
        "there must be a truth for each score: 2 scores, 1 truths",
        message(() -> RankingMetrics.auroc(new double[2], new boolean[1])));
    assertEquals(
        "scores must be numbers, but score 1 is NaN",
        message(() -> RankingMetrics.auroc(new double[] {0, Double.NaN}, new boolean[2])));
  }

  private static String message(org.junit.jupiter.api.function.Executable call) {
    return assertThrows(IllegalArgumentException.class, call).getMessage();
  }
}
