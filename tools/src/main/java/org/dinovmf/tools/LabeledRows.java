package org.dinovmf.tools;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.dinovmf.tools.features.FeatureKind;
import org.dinovmf.tools.features.FeatureStore;
import org.dinovmf.tools.features.Framing;
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
    return of(ImageFeatures.of(store, images.rows(), kind, framing, option, err), images, numbers);
  }

  /** Gives features the labels of their images. */
  static LabeledRows of(
      ImageFeatures readable, LabeledImages images, Map<String, Integer> numbers) {
    Map<String, String> labelOf = new HashMap<>();
    for (int i = 0; i < images.rows().size(); i++) {
      labelOf.put(images.rows().get(i).path(), images.labels().get(i));
    }
    List<Integer> labels =
        readable.paths().stream().map(path -> numbers.get(labelOf.get(path))).toList();
    return new LabeledRows(readable.paths(), new LabeledFeatures(readable.features(), labels));
  }
}
