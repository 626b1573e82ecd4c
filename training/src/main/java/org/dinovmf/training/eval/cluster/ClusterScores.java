package org.dinovmf.training.eval.cluster;

import java.util.Arrays;

/**
 * Agreement of clusters with classes.
 *
 * <p>With n images, n_uv of them in cluster u and class v, and a_u and b_v the sizes of both:
 *
 * @param clusters clusters that have an image
 * @param classes classes that have an image
 * @param nmi normalized mutual information: 2 I / (H(clusters) + H(classes)); in 0..1
 * @param ari adjusted Rand index, at most 1 and 0 on average for chance; Hubert and Arabie 1985,
 *     equation 5
 * @param fowlkesMallows sum over n_uv (n_uv - 1), over the root of that of a_u and that of b_v;
 *     Fowlkes and Mallows 1983; in 0..1
 * @param purity share of images whose class is the most frequent of their cluster; 1 if every image
 *     is a cluster of its own
 * @param hungarianAccuracy share of images whose class is that of their cluster, where each cluster
 *     stands for at most one class and each class for at most one cluster, in the best way. With
 *     more clusters than classes the others count as wrong
 */
public record ClusterScores(
    int clusters,
    int classes,
    double nmi,
    double ari,
    double fowlkesMallows,
    double purity,
    double hungarianAccuracy) {

  /**
   * Scores a clustering.
   *
   * @param clusterOf cluster of each image, any numbers
   * @param classOf class of each image, any numbers
   */
  public static ClusterScores of(int[] clusterOf, int[] classOf) {
    Contingency table = Contingency.of(clusterOf, classOf);
    return new ClusterScores(
        table.clusters(),
        table.classes(),
        nmi(table, clusterOf.length),
        ari(table, clusterOf.length),
        fowlkesMallows(table),
        purity(table, clusterOf.length),
        hungarianAccuracy(table, clusterOf.length));
  }

  private static double nmi(Contingency table, int images) {
    if (table.clusters() == 1 && table.classes() == 1) {
      return 1;
    }
    long[] clusterSizes = table.clusterSizes();
    long[] classSizes = table.classSizes();
    double mutual = 0;
    for (int u = 0; u < clusterSizes.length; u++) {
      for (int v = 0; v < classSizes.length; v++) {
        int count = table.counts()[u][v];
        if (count > 0) {
          double expected = (double) clusterSizes[u] * classSizes[v] / images;
          mutual += (double) count / images * Math.log(count / expected);
        }
      }
    }
    // Rounding alone can take independence below 0.
    return Math.max(0, mutual) * 2 / (entropy(clusterSizes, images) + entropy(classSizes, images));
  }

  private static double entropy(long[] sizes, int images) {
    double entropy = 0;
    for (long size : sizes) {
      double share = (double) size / images;
      entropy -= share * Math.log(share);
    }
    return entropy;
  }

  /** Of pairs of images in the order of (first, second), n (n - 1) in all. */
  private static double ari(Contingency table, int images) {
    double together = pairs(table); // in both
    double inCluster = pairs(table.clusterSizes());
    double inClass = pairs(table.classSizes());
    double all = (double) images * (images - 1);
    if (inCluster == together && inClass == together) {
      return 1;
    }
    double expected = inCluster * inClass / all;
    return (together - expected) / ((inCluster + inClass) / 2 - expected);
  }

  private static double fowlkesMallows(Contingency table) {
    double together = pairs(table);
    if (together == 0) {
      return 0;
    }
    return Math.sqrt(together / pairs(table.clusterSizes()))
        * Math.sqrt(together / pairs(table.classSizes()));
  }

  private static double purity(Contingency table, int images) {
    long pure = 0;
    for (int[] row : table.counts()) {
      pure += Arrays.stream(row).max().orElseThrow();
    }
    return (double) pure / images;
  }

  private static double hungarianAccuracy(Contingency table, int images) {
    double[][] costs = new double[table.clusters()][table.classes()];
    for (int u = 0; u < costs.length; u++) {
      for (int v = 0; v < costs[u].length; v++) {
        costs[u][v] = -table.counts()[u][v];
      }
    }
    int[] classOfCluster = Matching.leastCost(costs);
    long right = 0;
    for (int u = 0; u < costs.length; u++) {
      right += classOfCluster[u] < 0 ? 0 : table.counts()[u][classOfCluster[u]];
    }
    return (double) right / images;
  }

  private static double pairs(Contingency table) {
    double pairs = 0;
    for (int[] row : table.counts()) {
      for (int count : row) {
        pairs += (double) count * (count - 1);
      }
    }
    return pairs;
  }

  private static double pairs(long[] sizes) {
    double pairs = 0;
    for (long size : sizes) {
      pairs += (double) size * (size - 1);
    }
    return pairs;
  }
}
