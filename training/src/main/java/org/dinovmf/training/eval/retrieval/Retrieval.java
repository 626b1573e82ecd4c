package org.dinovmf.training.eval.retrieval;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.dinovmf.training.eval.LabeledFeatures;
import org.dinovmf.training.eval.NeighborSearch;
import org.dinovmf.training.eval.Neighbors;

/**
 * Retrieval by cosine of features; Caron et al. 2021, section 4.2. Of equally similar images the
 * earlier in the database comes first.
 */
public final class Retrieval {

  /** Queries that are ranked at a time, so that not all rankings are in memory. */
  private static final int CHUNK = 512;

  private Retrieval() {}

  /** Scores the ranking of a query, where it has something to find. */
  @FunctionalInterface
  private interface Scorer {
    Optional<RankedQuery> score(int query, int[] ranking);
  }

  /**
   * Scores of the revisited Oxford or Paris protocol at one difficulty.
   *
   * @param database features of the images to be found
   * @param queries features of the queries
   * @param relevance of each query
   * @param threads that search at the same time; without influence on the result
   */
  public static RetrievalScores revisited(
      List<float[]> database,
      List<float[]> queries,
      List<Relevance> relevance,
      Difficulty difficulty,
      int threads) {
    if (queries.size() != relevance.size()) {
      throw new IllegalArgumentException(
          "every query must say what is relevant: %d queries, %d answers"
              .formatted(queries.size(), relevance.size()));
    }
    return scores(
        database,
        queries,
        threads,
        (query, ranking) -> {
          Relevance truth = relevance.get(query);
          Set<Integer> positive = new HashSet<>();
          Set<Integer> ignored = new HashSet<>(truth.junk());
          (difficulty.wantsEasy() ? positive : ignored).addAll(truth.easy());
          (difficulty.wantsHard() ? positive : ignored).addAll(truth.hard());
          return RankedQuery.score(ranking, positive::contains, ignored::contains, positive.size());
        });
  }

  /**
   * Scores where the images of the query's class are to be found. Queries of a class that the
   * database lacks are left out.
   */
  public static RetrievalScores byClass(
      LabeledFeatures database, LabeledFeatures queries, int threads) {
    Map<Integer, Integer> sizes = sizes(database);
    return scores(
        database.features(),
        queries.features(),
        threads,
        (query, ranking) -> {
          int label = queries.labels().get(query);
          return RankedQuery.score(
              ranking,
              image -> database.labels().get(image) == label,
              image -> false,
              sizes.getOrDefault(label, 0));
        });
  }

  /** Each image against all others: as {@link #byClass}, without the query itself. */
  public static RetrievalScores amongThemselves(LabeledFeatures images, int threads) {
    Map<Integer, Integer> sizes = sizes(images);
    return scores(
        images.features(),
        images.features(),
        threads,
        (query, ranking) -> {
          int label = images.labels().get(query);
          return RankedQuery.score(
              ranking,
              image -> images.labels().get(image) == label,
              image -> image == query,
              sizes.get(label) - 1);
        });
  }

  private static RetrievalScores scores(
      List<float[]> database, List<float[]> queries, int threads, Scorer scorer) {
    List<RankedQuery> ranked = new ArrayList<>();
    for (int from = 0; from < queries.size(); from += CHUNK) {
      List<float[]> chunk = queries.subList(from, Math.min(queries.size(), from + CHUNK));
      List<Neighbors> found = NeighborSearch.nearest(database, chunk, database.size(), threads);
      for (int i = 0; i < chunk.size(); i++) {
        scorer.score(from + i, ranking(found.get(i))).ifPresent(ranked::add);
      }
    }
    return RetrievalScores.of(ranked);
  }

  private static Map<Integer, Integer> sizes(LabeledFeatures images) {
    Map<Integer, Integer> sizes = new HashMap<>();
    images.labels().forEach(label -> sizes.merge(label, 1, Integer::sum));
    return sizes;
  }

  private static int[] ranking(Neighbors neighbors) {
    int[] rows = new int[neighbors.size()];
    for (int place = 0; place < rows.length; place++) {
      rows[place] = neighbors.row(place);
    }
    return rows;
  }
}
