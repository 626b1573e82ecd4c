package org.dinovmf.tools;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.dinovmf.tools.embed.EmbeddedRow;
import org.dinovmf.tools.features.FeatureKind;
import org.dinovmf.tools.features.FeatureStore;
import org.dinovmf.tools.features.Framing;
import org.dinovmf.training.data.DataException;
import org.dinovmf.training.eval.LabeledFeatures;

/**
 * Features of the labeled images that can be read.
 *
 * @param paths name of each image
 */
record LabeledRows(List<String> paths, LabeledFeatures features) {

  LabeledRows {
    paths = List.copyOf(paths);
  }

  /**
   * Computes features, or takes them from the cache.
   *
   * @param numbers of the classes, by name
   * @param option that named the images
   * @param err gets a line about each image that is left out, and about progress
   */
  static LabeledRows of(
      FeatureStore store,
      LabeledImages images,
      Map<String, Integer> numbers,
      FeatureKind kind,
      Framing framing,
      String option,
      PrintWriter err)
      throws IOException {
    List<EmbeddedRow> rows =
        store.rows(images.rows(), kind, framing, Progress.lines(err, images.rows().size()));
    List<String> paths = new ArrayList<>();
    List<float[]> features = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      String path = images.rows().get(i).path();
      if (rows.get(i).isBad()) {
        err.printf("left out: %s: %s%n", path, rows.get(i).reason());
      } else {
        paths.add(path);
        features.add(rows.get(i).embedding());
        labels.add(numbers.get(images.labels().get(i)));
      }
    }
    if (features.isEmpty()) {
      throw new DataException("every image of %s is bad".formatted(option));
    }
    return new LabeledRows(paths, new LabeledFeatures(features, labels));
  }
}
