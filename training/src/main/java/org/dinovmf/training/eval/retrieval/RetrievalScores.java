package org.dinovmf.training.eval.retrieval;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Means over the queries that have something to be found, in percent.
 *
 * @param queries how many these are
 * @param map mean average precision
 * @param precisionAt1 mean precision at 1, and so on
 */
public record RetrievalScores(
    int queries, double map, double precisionAt1, double precisionAt5, double precisionAt10) {

  static RetrievalScores of(List<RankedQuery> ranked) {
    return new RetrievalScores(
        ranked.size(),
        percent(ranked, RankedQuery::averagePrecision),
        percent(ranked, query -> query.precisionAt(1)),
        percent(ranked, query -> query.precisionAt(5)),
        percent(ranked, query -> query.precisionAt(10)));
  }

  private static double percent(List<RankedQuery> ranked, ToDoubleFunction<RankedQuery> score) {
    return 100 * ranked.stream().mapToDouble(score).average().orElse(0);
  }
}
