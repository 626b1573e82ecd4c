package org.dinovmf.training.eval.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.dinovmf.training.eval.EvalGolden;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ClusterScoresTest {

  static List<JsonNode> cases() {
    return EvalGolden.cases("clustering");
  }

  @ParameterizedTest(name = "case {index}")
  @MethodSource("cases")
  void matchesScikitLearnAndSciPy(JsonNode golden) {
    int[] clusters = EvalGolden.ints(golden.get("clusters"));
    int[] classes = EvalGolden.ints(golden.get("classes"));
    ClusterScores scores = ClusterScores.of(clusters, classes);
    assertEquals(golden.get("nmi").doubleValue(), scores.nmi(), 1e-12);
    assertEquals(golden.get("ari").doubleValue(), scores.ari(), 1e-12);
    assertEquals(golden.get("fowlkesMallows").doubleValue(), scores.fowlkesMallows(), 1e-12);
    assertEquals(golden.get("purity").doubleValue(), scores.purity(), 1e-12);
    assertEquals(golden.get("hungarian").doubleValue(), scores.hungarianAccuracy(), 1e-12);
  }

  /** Of clusters AAB and class 001: I = log(3) - 2/3 log 2 = H of both. */
  @Test
  void isOneWhereClustersAreClasses() {
    ClusterScores scores = ClusterScores.of(new int[] {70_000, 70_000, -1}, new int[] {0, 0, 1});
    assertEquals(new ClusterScores(2, 2, 1, 1, 1, 1, 1), scores);
  }

  @Test
  void keepsItsHeadWithOneClusterOrOneImage() {
    assertEquals(
        new ClusterScores(1, 1, 1, 1, 1, 1, 1),
        ClusterScores.of(new int[] {3, 3}, new int[] {5, 5}));
    assertEquals(
        new ClusterScores(1, 1, 1, 1, 0, 1, 1), ClusterScores.of(new int[] {3}, new int[] {5}));
  }

  @Test
  void rejectsImagesWithoutAClass() {
    assertEquals(
        "there must be at least one image, with a cluster and a class: 2 clusters, 1 classes",
        assertThrows(IllegalArgumentException.class, () -> ClusterScores.of(new int[2], new int[1]))
            .getMessage());
  }
}
