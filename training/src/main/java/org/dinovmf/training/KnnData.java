package org.dinovmf.training;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.dinovmf.training.data.ImageFile;
import org.dinovmf.training.data.ImageIndex;
import org.dinovmf.training.data.Labels;

/**
 * Labeled images of a kNN evaluation: a bank of neighbours and the images to be classified.
 *
 * @param numClasses labels are in [0, numClasses)
 */
public record KnnData(Set bank, Set queries, int numClasses) {

  /**
   * Above this many images, a fixed sample stands for the bank and one of a quarter of the size for
   * the queries, so that an evaluation while training takes a bounded time.
   */
  private static final int MAX_BANK = 20_000;

  /** One query for so many images of a class, where no images are set apart for evaluation. */
  private static final int QUERY_SHARE = 10;

  /** Images with their labels, in parallel. */
  public record Set(List<ImageFile> images, List<Integer> labels) {

    public Set {
      images = List.copyOf(images);
      labels = List.copyOf(labels);
      if (images.size() != labels.size()) {
        throw new IllegalArgumentException(
            "images and labels must be equally many: %d images, %d labels"
                .formatted(images.size(), labels.size()));
      }
    }
  }

  public KnnData {
    if (bank.images().isEmpty() || queries.images().isEmpty()) {
      throw new IllegalArgumentException(
          "kNN needs labeled images in the bank and among the queries, but there are %d and %d"
              .formatted(bank.images().size(), queries.images().size()));
    }
  }

  /**
   * Keeps a fixed tenth of each class, but at least one image, out of the bank as queries; nothing
   * if no class has two images.
   */
  public static Optional<KnnData> split(ImageIndex images, Labels labels, long seed) {
    Map<Integer, List<ImageFile>> byClass = byClass(images, labels);
    List<ImageFile> bank = new ArrayList<>();
    List<Integer> bankLabels = new ArrayList<>();
    List<ImageFile> queries = new ArrayList<>();
    List<Integer> queryLabels = new ArrayList<>();
    byClass.forEach(
        (label, files) -> {
          int numQueries = files.size() < 2 ? 0 : Math.max(1, files.size() / QUERY_SHARE);
          List<ImageFile> shuffled = shuffled(files, seed + label);
          for (int i = 0; i < shuffled.size(); i++) {
            (i < numQueries ? queries : bank).add(shuffled.get(i));
            (i < numQueries ? queryLabels : bankLabels).add(label);
          }
        });
    if (queries.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new KnnData(
            sample(new Set(bank, bankLabels), MAX_BANK, seed),
            sample(new Set(queries, queryLabels), MAX_BANK / 4, seed),
            labels.names().size()));
  }

  /** The training images as bank, others as queries; classes are matched by name. */
  public static KnnData of(
      ImageIndex images, Labels labels, ImageIndex others, Labels otherLabels, long seed) {
    Map<String, Integer> numbers = new HashMap<>();
    for (int i = 0; i < labels.names().size(); i++) {
      numbers.put(labels.names().get(i), i);
    }
    int extra = labels.names().size();
    for (String name : otherLabels.names()) {
      if (numbers.putIfAbsent(name, extra) == null) {
        extra++;
      }
    }
    List<ImageFile> queries = new ArrayList<>();
    List<Integer> queryLabels = new ArrayList<>();
    for (int i = 0; i < others.size(); i++) {
      if (otherLabels.label(i) != Labels.UNLABELED) {
        queries.add(others.images().get(i));
        queryLabels.add(numbers.get(otherLabels.names().get(otherLabels.label(i))));
      }
    }
    List<ImageFile> bank = new ArrayList<>();
    List<Integer> bankLabels = new ArrayList<>();
    for (int i = 0; i < images.size(); i++) {
      if (labels.label(i) != Labels.UNLABELED) {
        bank.add(images.images().get(i));
        bankLabels.add(labels.label(i));
      }
    }
    return new KnnData(
        sample(new Set(bank, bankLabels), MAX_BANK, seed),
        sample(new Set(queries, queryLabels), MAX_BANK / 4, seed),
        extra);
  }

  private static Map<Integer, List<ImageFile>> byClass(ImageIndex images, Labels labels) {
    Map<Integer, List<ImageFile>> byClass = new HashMap<>();
    for (int i = 0; i < images.size(); i++) {
      if (labels.label(i) != Labels.UNLABELED) {
        byClass
            .computeIfAbsent(labels.label(i), label -> new ArrayList<>())
            .add(images.images().get(i));
      }
    }
    return byClass;
  }

  private static Set sample(Set all, int limit, long seed) {
    int size = all.images().size();
    if (size <= limit) {
      return all;
    }
    List<Integer> positions = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      positions.add(i);
    }
    List<Integer> chosen = shuffled(positions, seed).subList(0, limit);
    return new Set(
        chosen.stream().map(all.images()::get).toList(),
        chosen.stream().map(all.labels()::get).toList());
  }

  private static <E> List<E> shuffled(List<E> list, long seed) {
    List<E> copy = new ArrayList<>(list);
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = copy.size() - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      E swapped = copy.get(i);
      copy.set(i, copy.get(j));
      copy.set(j, swapped);
    }
    return copy;
  }
}
