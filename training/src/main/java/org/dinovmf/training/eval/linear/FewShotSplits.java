package org.dinovmf.training.eval.linear;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** Small random parts of labeled images, each a sorted array of positions. */
public final class FewShotSplits {

  private FewShotSplits() {}

  /**
   * So many images of each class; all of a class that has fewer.
   *
   * @param labels class of each image
   * @param images of a class, at least 1
   * @param splits how many parts to draw
   * @param seed the same seed gives the same parts
   */
  public static List<int[]> perClass(List<Integer> labels, int images, int splits, long seed) {
    if (images < 1) {
      throw new IllegalArgumentException(
          "a class needs at least one image, but %d are asked for".formatted(images));
    }
    return draw(labels, images, 0, splits, seed);
  }

  /**
   * A share of each class, rounded to whole images, but at least one.
   *
   * @param share in (0, 1]
   */
  public static List<int[]> share(List<Integer> labels, double share, int splits, long seed) {
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException("a share must be in (0, 1], but is " + share);
    }
    return draw(labels, 1, share, splits, seed);
  }

  /** The greater of a number and a share of each class. */
  private static List<int[]> draw(
      List<Integer> labels, int atLeast, double share, int splits, long seed) {
    if (splits < 1) {
      throw new IllegalArgumentException("there must be at least one split, but are " + splits);
    }
    Map<Integer, List<Integer>> byClass = new TreeMap<>();
    for (int i = 0; i < labels.size(); i++) {
      byClass.computeIfAbsent(labels.get(i), label -> new ArrayList<>()).add(i);
    }
    List<int[]> parts = new ArrayList<>();
    SplittableRandom seeds = new SplittableRandom(seed);
    for (int split = 0; split < splits; split++) {
      SplittableRandom random = seeds.split();
      List<Integer> drawn = new ArrayList<>();
      for (List<Integer> members : byClass.values()) {
        int wanted = Math.max(atLeast, (int) Math.round(share * members.size()));
        drawn.addAll(sample(members, Math.min(wanted, members.size()), random));
      }
      parts.add(drawn.stream().mapToInt(Integer::intValue).sorted().toArray());
    }
    return parts;
  }

  /** The first places of a Fisher-Yates shuffle. */
  private static List<Integer> sample(List<Integer> members, int count, SplittableRandom random) {
    Integer[] order = members.toArray(Integer[]::new);
    for (int place = 0; place < count; place++) {
      int other = random.nextInt(place, order.length);
      Integer moved = order[place];
      order[place] = order[other];
      order[other] = moved;
    }
    return Arrays.asList(order).subList(0, count);
  }
}
