package org.dinovmf.training.eval;

import java.util.List;

/**
 * Features with the class of each.
 *
 * @param features a row of equal length for each image, finite; not copied and not changed
 * @param labels class of each row, at least 0
 */
public record LabeledFeatures(List<float[]> features, List<Integer> labels) {

  public LabeledFeatures {
    features = List.copyOf(features);
    labels = List.copyOf(labels);
    if (features.isEmpty() || features.size() != labels.size()) {
      throw new IllegalArgumentException(
          "there must be at least one row of features and a label for each: %d rows, %d labels"
              .formatted(features.size(), labels.size()));
    }
    int dim = features.get(0).length;
    for (int i = 0; i < features.size(); i++) {
      if (features.get(i).length != dim) {
        throw new IllegalArgumentException(
            "every row of features must have %d values as the first, but row %d has %d"
                .formatted(dim, i, features.get(i).length));
      }
      for (float value : features.get(i)) {
        if (!Float.isFinite(value)) {
          throw new IllegalArgumentException(
              "features must be finite, but row %d holds %s; leave bad images out"
                  .formatted(i, value));
        }
      }
      if (labels.get(i) < 0) {
        throw new IllegalArgumentException(
            "labels must be at least 0, but row %d has %d".formatted(i, labels.get(i)));
      }
    }
  }

  /** Number of rows. */
  public int size() {
    return features.size();
  }

  /** Length of a row. */
  public int dim() {
    return features.get(0).length;
  }
}
