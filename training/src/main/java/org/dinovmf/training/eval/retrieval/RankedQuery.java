package org.dinovmf.training.eval.retrieval;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * One query's ranking of a database, scored as the revisited Oxford and Paris sets are; Radenovic
 * et al., "Revisiting Oxford and Paris", CVPR 2018, section 4, and the code published with it.
 *
 * @param averagePrecision mean over the positives of half the sum of the precision just before and
 *     at each, by trapezoids; in 0..1
 * @param ranks of the positives that were found, from 1, rising
 */
@SuppressWarnings("ArrayRecordComponent") // within the package, and not compared
record RankedQuery(double averagePrecision, int[] ranks) {

  /**
   * Scores a ranking.
   *
   * @param ranking images of the database, the most similar first
   * @param isPositive whether an image should be found
   * @param isIgnored whether an image is taken out, as if it was not there
   * @param positives how many should be found, those beyond the end of the ranking too
   * @return nothing where there are none
   */
  static Optional<RankedQuery> score(
      int[] ranking, IntPredicate isPositive, IntPredicate isIgnored, int positives) {
    if (positives == 0) {
      return Optional.empty();
    }
    int[] ranks = new int[positives];
    int found = 0;
    int above = 0; // images with a better rank
    double sum = 0;
    for (int image : ranking) {
      if (isIgnored.test(image)) {
        continue;
      }
      if (isPositive.test(image)) {
        double before = above == 0 ? 1 : (double) found / above;
        double at = (double) (found + 1) / (above + 1);
        sum += (before + at) / 2;
        ranks[found] = above + 1;
        found++;
      }
      above++;
    }
    return Optional.of(new RankedQuery(sum / positives, Arrays.copyOf(ranks, found)));
  }

  /**
   * Share of positives among the first so many; in 0..1. Where all positives come earlier, only up
   * to the last of them is counted, as the published code does.
   */
  double precisionAt(int depth) {
    if (ranks.length == 0) {
      return 0;
    }
    int counted = Math.min(depth, ranks[ranks.length - 1]);
    long within = Arrays.stream(ranks).filter(rank -> rank <= counted).count();
    return (double) within / counted;
  }
}
