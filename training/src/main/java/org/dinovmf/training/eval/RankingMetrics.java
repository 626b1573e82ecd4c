package org.dinovmf.training.eval;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * How well scores rank positives before negatives. Entries with equal scores are taken together, so
 * that no result depends on the order in which they are given.
 */
public final class RankingMetrics {

  private RankingMetrics() {}

  /**
   * Area under the receiver operating characteristic: the probability that a positive has a higher
   * score than a negative, equal scores counting one half; Hanley and McNeil 1982, equation 1.
   *
   * <p>Exact but for one rounded division.
   *
   * @param scores in any unit; higher means more likely positive; no NaN
   * @param isPositive of each score; both kinds must be there
   * @return in 0..1
   */
  public static double auroc(double[] scores, boolean[] isPositive) {
    int[] order = descending(scores, isPositive);
    long positives = count(isPositive);
    long negatives = scores.length - positives;
    if (positives == 0 || negatives == 0) {
      throw new IllegalArgumentException(
          "AUROC needs a positive and a negative, but there are %d and %d"
              .formatted(positives, negatives));
    }
    long above = 0; // positives with a higher score
    long twiceWon = 0; // pairs won, a tie as one half
    for (int from = 0; from < order.length; ) {
      int to = endOfTie(scores, order, from);
      long tiedPositives = 0;
      for (int i = from; i < to; i++) {
        tiedPositives += isPositive[order[i]] ? 1 : 0;
      }
      twiceWon += (to - from - tiedPositives) * (2 * above + tiedPositives);
      above += tiedPositives;
      from = to;
    }
    return (double) twiceWon / ((double) positives * negatives) / 2;
  }

  /**
   * Average precision: the sum over the distinct scores, from the highest, of the gain of recall
   * times the precision among all that score at least as high.
   *
   * <p>No interpolation between points. Retrieval on the revisited Oxford and Paris sets is scored
   * by trapezoids instead, which gives other numbers.
   *
   * @param scores higher means more likely positive; no NaN
   * @param isPositive of each score; one positive at least
   * @return in 0..1
   */
  public static double averagePrecision(double[] scores, boolean[] isPositive) {
    int[] order = descending(scores, isPositive);
    long positives = count(isPositive);
    if (positives == 0) {
      throw new IllegalArgumentException(
          "average precision needs a positive, but there is none among %d"
              .formatted(scores.length));
    }
    double sum = 0;
    long found = 0;
    for (int from = 0; from < order.length; ) {
      int to = endOfTie(scores, order, from);
      long gained = 0;
      for (int i = from; i < to; i++) {
        gained += isPositive[order[i]] ? 1 : 0;
      }
      found += gained;
      sum += (double) gained / positives * found / to;
      from = to;
    }
    return sum;
  }

  private static int[] descending(double[] scores, boolean[] isPositive) {
    if (scores.length != isPositive.length) {
      throw new IllegalArgumentException(
          "there must be a truth for each score: %d scores, %d truths"
              .formatted(scores.length, isPositive.length));
    }
    for (int i = 0; i < scores.length; i++) {
      if (Double.isNaN(scores[i])) {
        throw new IllegalArgumentException(
            "scores must be numbers, but score %d is NaN".formatted(i));
      }
    }
    return IntStream.range(0, scores.length)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer i) -> scores[i]).reversed())
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private static long count(boolean[] isPositive) {
    long positives = 0;
    for (boolean positive : isPositive) {
      positives += positive ? 1 : 0;
    }
    return positives;
  }

  /** Compared as numbers, so that 0 and -0 are equal, though they sort apart. */
  private static int endOfTie(double[] scores, int[] order, int from) {
    int to = from + 1;
    while (to < order.length && scores[order[to]] == scores[order[from]]) {
      to++;
    }
    return to;
  }
}
