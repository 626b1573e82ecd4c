package org.dinovmf.training.eval.retrieval;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.dinovmf.training.eval.NeighborSearch;
import org.dinovmf.training.eval.Neighbors;

/**
 * Finding the original of a copied image by cosine of features; Copydays as Caron et al. 2021,
 * section 4.2.2, score it: average precision by trapezoids among the nearest 20.
 */
public final class CopyDetection {

  private static final int RANKED = 20;

  private CopyDetection() {}

  /**
   * Mean average precision over the copies, in percent; a copy whose original is missing is left
   * out.
   *
   * @param database features of originals, and of distractors
   * @param databaseIds what each is the original of; a distractor has an id that no copy has
   * @param copies features of the copies
   * @param copyIds what each was copied from
   */
  public static RetrievalScores evaluate(
      List<float[]> database,
      List<String> databaseIds,
      List<float[]> copies,
      List<String> copyIds,
      int threads) {
    Map<String, Integer> sizes = new HashMap<>();
    databaseIds.forEach(id -> sizes.merge(id, 1, Integer::sum));
    int kept = Math.min(RANKED, database.size());
    List<Neighbors> found = NeighborSearch.nearest(database, copies, kept, threads);
    List<RankedQuery> ranked = new ArrayList<>();
    for (int i = 0; i < copies.size(); i++) {
      String id = copyIds.get(i);
      int[] ranking = new int[kept];
      Arrays.setAll(ranking, found.get(i)::row);
      RankedQuery.score(
              ranking,
              image -> databaseIds.get(image).equals(id),
              image -> false,
              sizes.getOrDefault(id, 0))
          .ifPresent(ranked::add);
    }
    return RetrievalScores.of(ranked);
  }
}
