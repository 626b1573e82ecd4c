package org.dinovmf.training.eval.cluster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.dinovmf.training.eval.EvalGolden;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class MatchingTest {

  static List<JsonNode> cases() {
    return EvalGolden.cases("matching");
  }

  @ParameterizedTest(name = "case {index}")
  @MethodSource("cases")
  void costsAsLittleAsThatOfSciPy(JsonNode golden) {
    double[][] costs = EvalGolden.matrix(golden.get("costs"));
    int[] columns = Matching.leastCost(costs);
    Set<Integer> used = new HashSet<>();
    double total = 0;
    for (int row = 0; row < columns.length; row++) {
      if (columns[row] >= 0) {
        assertTrue(used.add(columns[row]), "column used twice: " + columns[row]);
        total += costs[row][columns[row]];
      }
    }
    assertEquals(Math.min(costs.length, costs[0].length), used.size());
    assertEquals(golden.get("total").doubleValue(), total, 1e-11);
  }

  /** The cheapest entry, 0, would leave 100 for the other row. */
  @Test
  void isNotGreedy() {
    assertArrayEquals(new int[] {1, 0}, Matching.leastCost(new double[][] {{0, 1}, {1, 100}}));
  }

  @Test
  void rejectsWhatIsNoMatrix() {
    assertThrows(IllegalArgumentException.class, () -> Matching.leastCost(new double[0][]));
    assertEquals(
        "every row of costs must have 2 values as the first, but one has 1",
        assertThrows(
                IllegalArgumentException.class,
                () -> Matching.leastCost(new double[][] {{1, 2}, {1}}))
            .getMessage());
    assertThrows(
        IllegalArgumentException.class, () -> Matching.leastCost(new double[][] {{Double.NaN}}));
  }
}
