package org.dinovmf.tools;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.dinovmf.tools.embed.ImageRow;
import org.dinovmf.training.data.DataException;
import org.dinovmf.training.eval.linear.FewShotSplits;

/**
 * Labeled images to learn from and to test on.
 *
 * @param train images to learn from
 * @param test images to test on
 */
record LabeledSets(LabeledImages train, LabeledImages test) {

  /** Share of each class that is tested on where no images are set apart for it. */
  private static final double TEST_SHARE = 0.1;

  private static final long SPLIT_SEED = 0;

  /** Keeps a fixed tenth of each class apart to test on; every class needs two images for it. */
  static LabeledSets split(LabeledImages images) {
    Map<String, Integer> numbers = numbers(images.labels());
    List<Integer> labels = images.labels().stream().map(numbers::get).toList();
    int[] apart = FewShotSplits.share(labels, TEST_SHARE, 1, SPLIT_SEED).get(0);
    boolean[] isApart = new boolean[labels.size()];
    Arrays.stream(apart).forEach(i -> isApart[i] = true);
    LabeledImages train = part(images, isApart, false);
    if (new TreeSet<>(train.labels()).size() < numbers.size()) {
      throw new DataException(
          "a class of --train has a single image, so that none can be kept apart to test on; give --val");
    }
    return new LabeledSets(train, part(images, isApart, true));
  }

  private static LabeledImages part(LabeledImages images, boolean[] isApart, boolean wanted) {
    List<ImageRow> rows = new ArrayList<>();
    List<String> labels = new ArrayList<>();
    for (int i = 0; i < isApart.length; i++) {
      if (isApart[i] == wanted) {
        rows.add(images.rows().get(i));
        labels.add(images.labels().get(i));
      }
    }
    return new LabeledImages(rows, labels);
  }

  /** The classes of both sides, by name; the position is the number of a class. */
  List<String> classes() {
    TreeSet<String> names = new TreeSet<>(train.labels());
    names.addAll(test.labels());
    return List.copyOf(names);
  }

  /** Numbers for names, in their order. */
  static Map<String, Integer> numbers(List<String> names) {
    Map<String, Integer> numbers = new HashMap<>();
    new TreeSet<>(names).forEach(name -> numbers.put(name, numbers.size()));
    return numbers;
  }
}
