package org.dinovmf.training.analysis;

import java.util.ArrayList;
import java.util.List;
import org.dinovmf.training.eval.NeighborSearch;
import org.dinovmf.training.eval.Neighbors;

/**
 * Prototypes that point the same way, by a greedy scan in the order of their numbers: one within
 * {@code threshold} of a prototype that was kept, by {@code 1 - cosine}, joins the nearest such,
 * else it is kept itself. Unlike connected components, no member is farther than the threshold from
 * the prototype that stands for it.
 *
 * <p>Cosines are float32 and off by about 1e-7. Memory is that of the kept directions, never a
 * matrix of all pairs; time grows with the number of prototypes times that of the kept ones.
 */
public final class DuplicateGroups {

  /**
   * The threshold of follow-up work: 1 - cosine below 0.025. The paper names "unique" prototypes
   * without one.
   */
  public static final double STANDARD_THRESHOLD = 0.025;

  private static final int BLOCK = 1024;

  private final int[] representatives;
  private final int[] sizes;
  private final int unique;

  private DuplicateGroups(int[] representatives, int unique) {
    this.representatives = representatives;
    this.unique = unique;
    this.sizes = new int[representatives.length];
    for (int representative : representatives) {
      sizes[representative]++;
    }
  }

  /**
   * Groups directions.
   *
   * @param directions of length 1
   * @param threshold in (0, 2]
   */
  public static DuplicateGroups of(List<float[]> directions, double threshold, int threads) {
    if (directions.isEmpty() || !(threshold > 0 && threshold <= 2)) {
      throw new IllegalArgumentException(
          "groups need directions and a threshold above 0 and at most 2: %d directions, threshold %s"
              .formatted(directions.size(), threshold));
    }
    int[] representatives = new int[directions.size()];
    List<float[]> kept = new ArrayList<>();
    List<Integer> keptNumbers = new ArrayList<>();
    for (int from = 0; from < directions.size(); from += BLOCK) {
      List<float[]> block = directions.subList(from, Math.min(from + BLOCK, directions.size()));
      List<Neighbors> nearest =
          kept.isEmpty() ? List.of() : NeighborSearch.nearest(kept, block, 1, threads);
      int before = kept.size();
      for (int i = 0; i < block.size(); i++) {
        int number = from + i;
        double best = nearest.isEmpty() ? -1 : nearest.get(i).cosine(0);
        int joined = nearest.isEmpty() ? -1 : keptNumbers.get(nearest.get(i).row(0));
        for (int j = before; j < kept.size(); j++) {
          double cosine = Rows.dot(block.get(i), kept.get(j));
          if (cosine > best) {
            best = cosine;
            joined = keptNumbers.get(j);
          }
        }
        if (1 - best < threshold && joined >= 0) {
          representatives[number] = joined;
        } else {
          representatives[number] = number;
          kept.add(block.get(i));
          keptNumbers.add(number);
        }
      }
    }
    return new DuplicateGroups(representatives, kept.size());
  }

  /**
   * Groups rows of any length but 0 by their directions.
   *
   * @param threshold as for {@link #of}
   */
  public static DuplicateGroups ofRows(List<float[]> rows, double threshold, int threads) {
    return of(
        rows.stream().map(row -> Rows.scaled(row, 1 / Rows.norm(row))).toList(),
        threshold,
        threads);
  }

  /** How many groups there are. */
  public int unique() {
    return unique;
  }

  /** The prototype that stands for the group of the given one. */
  public int representative(int prototype) {
    return representatives[prototype];
  }

  /** How many prototypes the group of the given one has, itself included. */
  public int sizeOf(int prototype) {
    return sizes[representatives[prototype]];
  }

  /** The representative of the largest group; of equal ones the first. */
  public int largest() {
    int largest = 0;
    for (int i = 1; i < sizes.length; i++) {
      if (sizes[i] > sizes[largest]) {
        largest = i;
      }
    }
    return largest;
  }
}
