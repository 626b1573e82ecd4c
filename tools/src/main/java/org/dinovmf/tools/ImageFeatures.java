package org.dinovmf.tools;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import org.dinovmf.tools.embed.EmbeddedRow;
import org.dinovmf.tools.embed.ImageRow;
import org.dinovmf.tools.features.FeatureKind;
import org.dinovmf.tools.features.FeatureStore;
import org.dinovmf.tools.features.Framing;
import org.dinovmf.training.data.DataException;

/**
 * Features of the images that can be read.
 *
 * @param paths name of each image
 * @param features a row for each
 */
record ImageFeatures(List<String> paths, List<float[]> features) {

  ImageFeatures {
    paths = List.copyOf(paths);
    features = List.copyOf(features);
  }

  /**
   * Computes features, or takes them from the cache.
   *
   * @param option that named the images
   * @param err gets a line about each image that is left out, and about progress
   */
  static ImageFeatures of(
      FeatureStore store,
      List<ImageRow> images,
      FeatureKind kind,
      Framing framing,
      String option,
      PrintWriter err)
      throws IOException {
    List<EmbeddedRow> rows = store.rows(images, kind, framing, Progress.lines(err, images.size()));
    List<String> paths = new ArrayList<>();
    List<float[]> features = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      if (rows.get(i).isBad()) {
        err.printf("left out: %s: %s%n", images.get(i).path(), rows.get(i).reason());
      } else {
        paths.add(images.get(i).path());
        features.add(rows.get(i).embedding());
      }
    }
    if (features.isEmpty()) {
      throw new DataException("every image of %s is bad".formatted(option));
    }
    return new ImageFeatures(paths, features);
  }

  /** The sum of two kinds of features of the very same images. */
  ImageFeatures plus(ImageFeatures other) {
    if (!paths.equals(other.paths)) {
      throw new IllegalArgumentException("features must be of the same images");
    }
    List<float[]> sums = new ArrayList<>();
    for (int i = 0; i < features.size(); i++) {
      float[] sum = features.get(i).clone();
      for (int d = 0; d < sum.length; d++) {
        sum[d] += other.features.get(i)[d];
      }
      sums.add(sum);
    }
    return new ImageFeatures(paths, sums);
  }
}
