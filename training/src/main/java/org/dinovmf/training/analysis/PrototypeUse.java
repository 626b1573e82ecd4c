package org.dinovmf.training.analysis;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import org.dinovmf.ops.VonMisesFisherMath;
import org.dinovmf.ops.mixture.ConcentrationEstimate;
import org.dinovmf.training.analysis.PrototypeMixture.Assigned;

/** Which images each prototype attracts: those for which it is the most probable one. Immutable. */
public final class PrototypeUse {

  /** Half the squared distance that the rounding of float32 alone gives two unit vectors. */
  private static final double FLOAT_NOISE = 1e-14;

  private final VonMisesFisherMath vmf;
  private final List<float[]> embeddings;
  private final List<Assigned> assigned;
  private final List<List<Integer>> attracted;

  private PrototypeUse(
      int dim, List<float[]> embeddings, List<Assigned> assigned, List<List<Integer>> attracted) {
    this.vmf = VonMisesFisherMath.of(dim);
    this.embeddings = embeddings;
    this.assigned = assigned;
    this.attracted = attracted;
  }

  /**
   * Sorts images to prototypes.
   *
   * @param embeddings of unit length
   * @param assigned what the mixture says of each
   */
  public static PrototypeUse of(
      PrototypeMixture mixture, List<float[]> embeddings, List<Assigned> assigned) {
    if (embeddings.isEmpty() || embeddings.size() != assigned.size()) {
      throw new IllegalArgumentException(
          "there must be at least one embedding, and each must be assigned: %d embeddings, %d assigned"
              .formatted(embeddings.size(), assigned.size()));
    }
    List<List<Integer>> attracted = new ArrayList<>();
    for (int k = 0; k < mixture.size(); k++) {
      attracted.add(new ArrayList<>());
    }
    for (int i = 0; i < assigned.size(); i++) {
      attracted.get(assigned.get(i).prototype()).add(i);
    }
    return new PrototypeUse(
        mixture.dim(), List.copyOf(embeddings), List.copyOf(assigned), attracted);
  }

  /** How many images were assigned. */
  public int images() {
    return assigned.size();
  }

  /** How many images a prototype attracts. */
  public int imagesOf(int prototype) {
    return attracted.get(prototype).size();
  }

  /** Prototypes that attract at least one image. */
  public int used() {
    return (int) attracted.stream().filter(images -> !images.isEmpty()).count();
  }

  /** Groups of which a member attracts at least one image. */
  public int usedGroups(DuplicateGroups groups) {
    return (int)
        assigned.stream().map(a -> groups.representative(a.prototype())).distinct().count();
  }

  /** How many images the group of the given prototype attracts. */
  public int imagesOfGroup(DuplicateGroups groups, int prototype) {
    int representative = groups.representative(prototype);
    return (int)
        assigned.stream()
            .filter(a -> groups.representative(a.prototype()) == representative)
            .count();
  }

  /**
   * Entropy of the shares of the prototypes, {@code -sum_k (n_k / n) ln(n_k / n)} in nats, where
   * n_k images have k as their most probable prototype: 0 where one attracts all, at most the
   * logarithm of the number of prototypes and of that of the images.
   */
  public double marginalEntropy() {
    double entropy = 0;
    for (List<Integer> images : attracted) {
      if (!images.isEmpty()) {
        double share = (double) images.size() / assigned.size();
        entropy -= share * Math.log(share);
      }
    }
    return entropy;
  }

  /** The images of a prototype, by posterior and then by cosine, the most typical first. */
  public List<Integer> typical(int prototype, int count) {
    Comparator<Integer> byPosterior = Comparator.comparingDouble(i -> -assigned.get(i).posterior());
    return attracted.get(prototype).stream()
        .sorted(byPosterior.thenComparingDouble(i -> -assigned.get(i).cosine()))
        .limit(count)
        .toList();
  }

  /**
   * The concentration that the images of a prototype have around their own mean direction, by
   * maximum likelihood without most of its bias; see {@link ConcentrationEstimate#unbiased}.
   * Nothing where there are fewer than two, or where all are the same point.
   */
  public OptionalDouble attractedKappa(int prototype) {
    List<Integer> images = attracted.get(prototype);
    if (images.size() < 2) {
      return OptionalDouble.empty();
    }
    double[] mean = new double[vmf.dim()];
    for (int image : images) {
      float[] y = embeddings.get(image);
      for (int d = 0; d < mean.length; d++) {
        mean[d] += (double) y[d] / images.size();
      }
    }
    double square = 0;
    for (double value : mean) {
      square += value * value;
    }
    double length = Math.sqrt(square);
    if (length == 0) {
      return OptionalDouble.of(0);
    }
    // 1 - R as the mean of |y - mu|^2 / 2, which keeps its digits for points close together.
    double complement = 0;
    for (int image : images) {
      float[] y = embeddings.get(image);
      for (int d = 0; d < mean.length; d++) {
        double difference = y[d] - mean[d] / length;
        complement += difference * difference / (2.0 * images.size());
      }
    }
    return complement < FLOAT_NOISE
        ? OptionalDouble.empty()
        : OptionalDouble.of(
            ConcentrationEstimate.unbiased(vmf, 1 - complement, complement, images.size()));
  }
}
