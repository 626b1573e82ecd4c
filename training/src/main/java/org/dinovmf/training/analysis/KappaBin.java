package org.dinovmf.training.analysis;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Images whose most probable prototypes are about as concentrated: Govindarajan et al. 2023 show
 * that images of concentrated prototypes are the easy ones.
 *
 * @param lowest concentration among them
 * @param highest concentration among them
 * @param images how many
 * @param accuracy share of them that is classified rightly, 0 to 1
 */
public record KappaBin(double lowest, double highest, int images, double accuracy) {

  /**
   * Bins of about equal size by rising concentration. Images of equal concentration stay together,
   * so there may be fewer bins, and one where all are equal.
   *
   * @param kappas of the most probable prototype of each image
   * @param isRight whether each is classified rightly
   * @param count at least 1
   */
  public static List<KappaBin> of(double[] kappas, boolean[] isRight, int count) {
    if (kappas.length == 0 || kappas.length != isRight.length || count < 1) {
      throw new IllegalArgumentException(
          "bins need images and an answer for each: %d images, %d answers, %d bins"
              .formatted(kappas.length, isRight.length, count));
    }
    int[] order =
        IntStream.range(0, kappas.length)
            .boxed()
            .sorted((i, j) -> Double.compare(kappas[i], kappas[j]))
            .mapToInt(Integer::intValue)
            .toArray();
    List<KappaBin> bins = new ArrayList<>();
    int from = 0;
    for (int bin = 1; bin <= count && from < order.length; bin++) {
      int to = Math.max(from + 1, (int) ((long) bin * order.length / count));
      while (to < order.length && kappas[order[to]] == kappas[order[to - 1]]) {
        to++;
      }
      int right = 0;
      for (int place = from; place < to; place++) {
        right += isRight[order[place]] ? 1 : 0;
      }
      bins.add(
          new KappaBin(
              kappas[order[from]], kappas[order[to - 1]], to - from, (double) right / (to - from)));
      from = to;
    }
    return List.copyOf(bins);
  }
}
