package org.dinovmf.training.eval.retrieval;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import org.dinovmf.training.eval.LabeledFeatures;
import org.dinovmf.training.eval.NeighborSearch;
import org.dinovmf.training.eval.Neighbors;

/**
 * Retrieval by cosine of features; Caron et al. 2021, section 4.2. Of equally similar images the
 * earlier in the database comes first.
 */
public final class Retrieval {

  private Retrieval() {}

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
    List<Neighbors> found = NeighborSearch.nearest(database, queries, database.size(), threads);
    List<RankedQuery> ranked = new ArrayList<>();
    for (int i = 0; i < queries.size(); i++) {
      Relevance truth = relevance.get(i);
      Set<Integer> positive = new HashSet<>();
      Set<Integer> ignored = new HashSet<>(truth.junk());
      (difficulty.wantsEasy() ? positive : ignored).addAll(truth.easy());
      (difficulty.wantsHard() ? positive : ignored).addAll(truth.hard());
      RankedQuery.score(
              ranking(found.get(i)), positive::contains, ignored::contains, positive.size())
          .ifPresent(ranked::add);
    }
    return RetrievalScores.of(ranked);
  }

  /**
   * Scores where the images of the query's class are to be found. Queries of a class that the
   * database lacks are left out.
   */
  public static RetrievalScores byClass(
      LabeledFeatures database, LabeledFeatures queries, int threads) {
    List<Neighbors> found =
        NeighborSearch.nearest(database.features(), queries.features(), database.size(), threads);
    Map<Integer, Integer> sizes = sizes(database);
    List<RankedQuery> ranked = new ArrayList<>();
    for (int i = 0; i < queries.size(); i++) {
      int label = queries.labels().get(i);
      IntPredicate isPositive = image -> database.labels().get(image) == label;
      RankedQuery.score(
              ranking(found.get(i)), isPositive, image -> false, sizes.getOrDefault(label, 0))
          .ifPresent(ranked::add);
    }
    return RetrievalScores.of(ranked);
  }

  /** Each image against all others: as {@link #byClass}, without the query itself. */
  public static RetrievalScores amongThemselves(LabeledFeatures images, int threads) {
    List<Neighbors> found =
        NeighborSearch.nearest(images.features(), images.features(), images.size(), threads);
    Map<Integer, Integer> sizes = sizes(images);
    List<RankedQuery> ranked = new ArrayList<>();
    for (int i = 0; i < images.size(); i++) {
      int query = i;
      int label = images.labels().get(i);
      Optional<RankedQuery> one =
          RankedQuery.score(
              ranking(found.get(i)),
              image -> images.labels().get(image) == label,
              image -> image == query,
              sizes.get(label) - 1);
      one.ifPresent(ranked::add);
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
