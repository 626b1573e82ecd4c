package org.dinovmf.training.eval.cluster;

import java.util.HashMap;
import java.util.Map;

/**
 * How often each cluster meets each class. Only what occurs has a number here, so that 65,536
 * prototypes of which few are used cost no memory.
 *
 * @param counts {@code [clusters, classes]}, with at least one image in each row and column
 */
@SuppressWarnings("ArrayRecordComponent") // within the package, and not changed
record Contingency(int[][] counts) {

  /** Counts the pairs; numbers of clusters and classes are any. */
  static Contingency of(int[] clusters, int[] classes) {
    if (clusters.length == 0 || clusters.length != classes.length) {
      throw new IllegalArgumentException(
          "there must be at least one image, with a cluster and a class: %d clusters, %d classes"
              .formatted(clusters.length, classes.length));
    }
    Map<Integer, Integer> rows = new HashMap<>();
    Map<Integer, Integer> columns = new HashMap<>();
    for (int i = 0; i < clusters.length; i++) {
      rows.putIfAbsent(clusters[i], rows.size());
      columns.putIfAbsent(classes[i], columns.size());
    }
    int[][] counts = new int[rows.size()][columns.size()];
    for (int i = 0; i < clusters.length; i++) {
      counts[rows.get(clusters[i])][columns.get(classes[i])]++;
    }
    return new Contingency(counts);
  }

  /** Number of clusters that have an image. */
  int clusters() {
    return counts.length;
  }

  /** Number of classes that have an image. */
  int classes() {
    return counts[0].length;
  }

  /** Images of each cluster. */
  long[] clusterSizes() {
    long[] sizes = new long[clusters()];
    for (int row = 0; row < sizes.length; row++) {
      for (int count : counts[row]) {
        sizes[row] += count;
      }
    }
    return sizes;
  }

  /** Images of each class. */
  long[] classSizes() {
    long[] sizes = new long[classes()];
    for (int[] row : counts) {
      for (int column = 0; column < sizes.length; column++) {
        sizes[column] += row[column];
      }
    }
    return sizes;
  }
}
