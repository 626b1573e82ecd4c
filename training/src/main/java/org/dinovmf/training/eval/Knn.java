package org.dinovmf.training.eval;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Weighted nearest-neighbor classification of features, the protocol of DINO; Caron et al. 2021,
 * section 4.1, after Wu et al. 2018.
 *
 * <p>Features are compared by cosine. The score of a class is the sum of exp(cosine / temperature)
 * over the neighbors of that class among the k nearest. Differs from the published code in that any
 * number of classes and of queries is taken and that ties are decided: of equally near neighbors
 * the one earlier in the bank is taken, of classes with equal scores the lower number comes first,
 * and a class without a vote has the score 0.
 */
public final class Knn {

  private static final int TOP = 5;

  private Knn() {}

  /**
   * The class of each query: that with the highest score, of equal ones the lower number.
   *
   * @param k number of neighbors that vote; more than the bank has means the whole bank
   * @param config of which the temperature and the threads are used
   */
  public static int[] classify(
      LabeledFeatures bank, LabeledFeatures queries, int k, KnnConfig config) {
    int kept = Math.min(k, bank.size());
    List<Neighbors> found =
        NeighborSearch.nearest(bank.features(), queries.features(), kept, config.threads());
    int[] classes = new int[queries.size()];
    for (int i = 0; i < classes.length; i++) {
      Map<Integer, Double> votes = votes(bank.labels(), found.get(i), kept, config.temperature());
      classes[i] =
          votes.keySet().stream()
              .filter(label -> rank(label, votes) == 0)
              .findFirst()
              .orElseThrow();
    }
    return classes;
  }

  /**
   * Accuracies for each k of the configuration, in its order.
   *
   * @param bank features that vote
   * @param queries features to classify, as wide as those of the bank
   */
  public static List<KnnAccuracy> evaluate(
      LabeledFeatures bank, LabeledFeatures queries, KnnConfig config) {
    int largest = config.ks().stream().mapToInt(Integer::intValue).max().orElseThrow();
    int kept = Math.min(largest, bank.size());
    List<Neighbors> found =
        NeighborSearch.nearest(bank.features(), queries.features(), kept, config.threads());
    return config.ks().stream()
        .map(k -> accuracy(bank, queries, found, k, config.temperature()))
        .toList();
  }

  /**
   * Whether each row is classified rightly by its k nearest neighbors among the others.
   *
   * @param k at least 1; of fewer rows all others vote
   */
  public static boolean[] leaveOneOut(
      LabeledFeatures rows, int k, double temperature, int threads) {
    int found = Math.min(k + 1, rows.size());
    List<Neighbors> neighbors =
        NeighborSearch.nearest(rows.features(), rows.features(), found, threads);
    boolean[] isRight = new boolean[rows.size()];
    for (int i = 0; i < isRight.length; i++) {
      Map<Integer, Double> votes =
          votes(rows.labels(), neighbors.get(i).without(i), k, temperature);
      isRight[i] = !votes.isEmpty() && rank(rows.labels().get(i), votes) < 1;
    }
    return isRight;
  }

  private static KnnAccuracy accuracy(
      LabeledFeatures bank,
      LabeledFeatures queries,
      List<Neighbors> found,
      int k,
      double temperature) {
    int classes = bank.labels().stream().mapToInt(label -> label + 1).max().orElseThrow();
    int first = 0;
    int amongFirst = 0;
    for (int i = 0; i < queries.size(); i++) {
      int label = queries.labels().get(i);
      if (label < classes) {
        int rank = rank(label, votes(bank.labels(), found.get(i), k, temperature));
        first += rank < 1 ? 1 : 0;
        amongFirst += rank < TOP ? 1 : 0;
      }
    }
    return new KnnAccuracy(k, 100.0 * first / queries.size(), 100.0 * amongFirst / queries.size());
  }

  private static Map<Integer, Double> votes(
      List<Integer> labels, Neighbors neighbors, int k, double temperature) {
    Map<Integer, Double> votes = new HashMap<>();
    for (int i = 0; i < Math.min(k, neighbors.size()); i++) {
      double vote = Math.exp(neighbors.cosine(i) / temperature);
      votes.merge(labels.get(neighbors.row(i)), vote, Double::sum);
    }
    return votes;
  }

  /** Number of classes before the given one by score, then by number; most have no vote. */
  private static int rank(int label, Map<Integer, Double> votes) {
    double own = votes.getOrDefault(label, 0.0);
    int before = 0;
    int votedBelow = 0; // classes of a lower number that have a vote
    for (Map.Entry<Integer, Double> other : votes.entrySet()) {
      boolean isLower = other.getKey() < label;
      votedBelow += isLower ? 1 : 0;
      if (other.getValue() > own || (other.getValue() == own && isLower)) {
        before++;
      }
    }
    return votes.containsKey(label) ? before : before + label - votedBelow;
  }
}
