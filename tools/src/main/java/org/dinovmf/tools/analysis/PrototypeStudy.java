package org.dinovmf.tools.analysis;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.dinovmf.training.analysis.DuplicateGroups;
import org.dinovmf.training.analysis.KappaBin;
import org.dinovmf.training.analysis.PrototypeMixture;
import org.dinovmf.training.analysis.PrototypeMixture.Assigned;
import org.dinovmf.training.analysis.PrototypeUse;
import org.dinovmf.training.analysis.RankCorrelation;
import org.dinovmf.training.eval.Knn;
import org.dinovmf.training.eval.KnnConfig;
import org.dinovmf.training.eval.LabeledFeatures;

/**
 * The prototypes of a teacher and the images that it was shown.
 *
 * @param threshold of the duplicates, by 1 - cosine
 * @param isRight whether each image is classified rightly by its 20 nearest others, by class token;
 *     where images have classes
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares studies
public record PrototypeStudy(
    AssignedImages seen,
    double threshold,
    PrototypeUse use,
    DuplicateGroups groups,
    Optional<boolean[]> isRight) {

  /** Neighbors that vote on an image; the published choice. */
  static final int NEIGHBORS = 20;

  private static final int BINS = 5;

  /** Prototypes of fewer images have no concentration worth comparing. */
  static final int FEWEST_IMAGES = 10;

  /**
   * A prototype.
   *
   * @param images that it attracts
   * @param kappa learned, length over temperature
   * @param attractedKappa that of its images; see {@link PrototypeUse#attractedKappa}
   * @param representative the prototype that stands for it and its duplicates, or itself
   */
  public record Row(
      int number, int images, double kappa, OptionalDouble attractedKappa, int representative) {}

  /**
   * What it comes to.
   *
   * @param used prototypes that are the most probable one of an image
   * @param unique groups of prototypes within the threshold
   * @param usedGroups groups that are used
   * @param unused prototypes without an image
   * @param largestGroup size of the largest group of duplicates
   * @param largestGroupImages images that this group attracts
   * @param voidGroup size of the largest group of duplicates that attracts no image; 0 for none
   * @param marginalEntropy of the shares, nats
   * @param kappaCorrelation Spearman's, between learned and attracted, over {@code correlated}
   * @param knn accuracy by the nearest others, 0 to 1
   */
  public record Summary(
      int images,
      int prototypes,
      double temperature,
      double threshold,
      int used,
      int unique,
      int usedGroups,
      int unused,
      int largestGroup,
      int largestGroupImages,
      int voidGroup,
      double marginalEntropy,
      OptionalDouble kappaCorrelation,
      int correlated,
      OptionalDouble knn) {}

  /** Looks for duplicates of the prototypes and for the neighbors of the images. */
  public static PrototypeStudy of(AssignedImages seen, double threshold, int threads) {
    SeenImages images = seen.images();
    KnnConfig knn = KnnConfig.published(List.of(NEIGHBORS), threads);
    Optional<boolean[]> isRight =
        images.isLabeled()
            ? Optional.of(
                Knn.leaveOneOut(
                    new LabeledFeatures(images.tokens(), images.labels()),
                    NEIGHBORS,
                    knn.temperature(),
                    threads))
            : Optional.empty();
    return new PrototypeStudy(
        seen,
        threshold,
        PrototypeUse.of(seen.mixture(), images.embeddings(), seen.assigned()),
        DuplicateGroups.of(seen.mixture().directions(), threshold, threads),
        isRight);
  }

  /** The images. */
  public SeenImages images() {
    return seen.images();
  }

  /** The prototypes as a mixture. */
  public PrototypeMixture mixture() {
    return seen.mixture();
  }

  /** What the mixture says of each image. */
  public List<Assigned> assigned() {
    return seen.assigned();
  }

  /** Every prototype, by number. */
  public List<Row> rows() {
    return IntStream.range(0, mixture().size())
        .mapToObj(
            k ->
                new Row(
                    k,
                    use.imagesOf(k),
                    mixture().kappa(k),
                    use.attractedKappa(k),
                    groups.representative(k)))
        .toList();
  }

  /** All in a few numbers. */
  public Summary summary() {
    List<Row> compared =
        rows().stream()
            .filter(row -> row.images() >= FEWEST_IMAGES && row.attractedKappa().isPresent())
            .toList();
    double[] learned = compared.stream().mapToDouble(Row::kappa).toArray();
    double[] attracted =
        compared.stream().mapToDouble(row -> row.attractedKappa().getAsDouble()).toArray();
    int largest = groups.largest();
    return new Summary(
        assigned().size(),
        mixture().size(),
        seen.temperature(),
        threshold,
        use.used(),
        groups.unique(),
        use.usedGroups(groups),
        mixture().size() - use.used(),
        groups.sizeOf(largest),
        use.imagesOfGroup(groups, largest),
        voidGroup(),
        use.marginalEntropy(),
        RankCorrelation.of(learned, attracted),
        compared.size(),
        isRight.map(right -> OptionalDouble.of(share(right))).orElse(OptionalDouble.empty()));
  }

  private int voidGroup() {
    int[] images = imagesOfGroups();
    int largest = 0;
    for (int k = 0; k < images.length; k++) {
      if (groups.representative(k) == k && images[k] == 0 && groups.sizeOf(k) > 1) {
        largest = Math.max(largest, groups.sizeOf(k));
      }
    }
    return largest;
  }

  /** At the place of each group's representative. */
  private int[] imagesOfGroups() {
    int[] images = new int[mixture().size()];
    assigned().forEach(a -> images[groups.representative(a.prototype())]++);
    return images;
  }

  private static double share(boolean[] isRight) {
    int right = 0;
    for (boolean one : isRight) {
      right += one ? 1 : 0;
    }
    return (double) right / isRight.length;
  }

  /** Accuracy by rising concentration of the images' prototypes; nothing without classes. */
  public List<KappaBin> difficulty() {
    double[] kappas =
        assigned().stream().mapToDouble(a -> mixture().kappa(a.prototype())).toArray();
    return isRight.map(right -> KappaBin.of(kappas, right, BINS)).orElse(List.of());
  }

  /** The images of the lowest density, the strangest first; nothing where there is no density. */
  public List<Integer> strangest(int count) {
    if (assigned().get(0).logDensity().isEmpty()) {
      return List.of();
    }
    return IntStream.range(0, assigned().size())
        .boxed()
        .sorted(Comparator.comparingDouble(i -> assigned().get(i).logDensity().getAsDouble()))
        .limit(count)
        .toList();
  }

  /** Representatives of the groups that attract images, the one with the most images first. */
  public List<Integer> usedRepresentatives() {
    int[] images = imagesOfGroups();
    return IntStream.range(0, images.length)
        .filter(k -> images[k] > 0)
        .boxed()
        .sorted(Comparator.comparingInt(k -> -images[k]))
        .toList();
  }

  /** The members of a group that attract images, the one with the most images first. */
  public List<Integer> usedMembers(int representative) {
    List<Integer> members = new ArrayList<>();
    for (int k = 0; k < mixture().size(); k++) {
      if (groups.representative(k) == representative && use.imagesOf(k) > 0) {
        members.add(k);
      }
    }
    members.sort(Comparator.comparingInt(k -> -use.imagesOf(k)));
    return members;
  }
}
