package org.dinovmf.tools;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dinovmf.tools.embed.ImageRow;
import org.dinovmf.training.data.DataException;
import org.dinovmf.training.data.ImageIndex;
import org.dinovmf.training.data.ImageIndexer;
import org.dinovmf.training.data.Labels;
import org.dinovmf.training.data.ScanLimits;

/**
 * Images that have a label.
 *
 * @param labels class name of each row
 */
record LabeledImages(List<ImageRow> rows, List<String> labels) {

  LabeledImages {
    rows = List.copyOf(rows);
    labels = List.copyOf(labels);
  }

  /**
   * Scans folders.
   *
   * @param csv lines {@code path,label}; without it the first folder of each path is the label
   */
  static LabeledImages scan(List<Path> sources, Optional<Path> csv, ScanLimits limits, int threads)
      throws IOException {
    ImageIndex index = ImageIndexer.scan(sources, limits, threads);
    Labels labels =
        csv.isPresent()
            ? Labels.fromCsv(csv.get(), index)
            : index
                .labels()
                .orElseThrow(
                    () ->
                        new DataException(
                            "images in %s have no labels: put each class into a folder of its own, or give a csv file of labels"
                                .formatted(sources)));
    List<ImageRow> rows = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (int i = 0; i < index.size(); i++) {
      if (labels.label(i) != Labels.UNLABELED) {
        rows.add(ImageRow.of(index.images().get(i)));
        names.add(labels.names().get(labels.label(i)));
      }
    }
    if (rows.isEmpty()) {
      throw new DataException("no image in %s has a label".formatted(sources));
    }
    return new LabeledImages(rows, names);
  }
}
