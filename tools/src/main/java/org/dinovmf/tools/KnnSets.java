package org.dinovmf.tools;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.dinovmf.tools.config.Resolved;
import org.dinovmf.tools.config.Settings;
import org.dinovmf.training.KnnData;
import org.dinovmf.training.data.DataException;
import org.dinovmf.training.data.ImageIndex;
import org.dinovmf.training.data.ImageIndexer;
import org.dinovmf.training.data.Labels;
import org.dinovmf.training.data.ScanLimits;

/** Finds the labeled images by which the teacher is evaluated while it is trained. */
final class KnnSets {

  /** Names in a message, so that a line stays a line. */
  private static final int SHOWN = 10;

  private KnnSets() {}

  /**
   * By {@code --labels} and {@code --val}, or by the folders of the images; nothing where there are
   * no labels or the evaluation is switched off.
   *
   * @throws DataException if what is given cannot be used
   */
  static Optional<KnnData> of(Resolved resolved, ImageIndex images, int threads)
      throws IOException {
    if (resolved.knnEvery().isEmpty()) {
      return Optional.empty();
    }
    Optional<Labels> labels = labels(resolved.get(Settings.LABELS), images);
    Optional<Path> validation = resolved.get(Settings.VAL);
    long seed = resolved.get(Settings.SEED);
    if (labels.isEmpty()) {
      if (validation.isPresent()) {
        throw new DataException(
            "--val needs labels for --data too: put each class into a folder of its own, or give --labels");
      }
      return Optional.empty();
    }
    if (validation.isEmpty()) {
      return KnnData.split(images, labels.get(), seed);
    }
    ImageIndex others =
        ImageIndexer.scan(List.of(validation.get()), ScanLimits.standard(), threads);
    Labels otherLabels =
        others
            .labels()
            .orElseThrow(
                () ->
                    new DataException(
                        "--val '%s' has no class folders: put each class into a folder of its own"
                            .formatted(validation.get())));
    requireSharedClass(labels.get().names(), otherLabels.names(), validation.get());
    return Optional.of(KnnData.of(images, labels.get(), others, otherLabels, seed));
  }

  /** Without one, the accuracy would be 0 from the first evaluation to the last. */
  private static void requireSharedClass(List<String> bank, List<String> queries, Path validation)
      throws DataException {
    if (Collections.disjoint(bank, queries)) {
      throw new DataException(
          "the folders of --val '%s' must be named as classes of the images, but are %s, and the classes are %s"
              .formatted(validation, some(queries), some(bank)));
    }
  }

  private static String some(List<String> names) {
    String shown = String.join(", ", names.subList(0, Math.min(SHOWN, names.size())));
    return names.size() > SHOWN ? shown + ", ..." : shown;
  }

  private static Optional<Labels> labels(Optional<Path> file, ImageIndex images)
      throws IOException {
    if (file.isEmpty()) {
      return images.labels();
    }
    if (!Files.isRegularFile(file.get())) {
      throw new DataException("--labels '%s' is not a file".formatted(file.get()));
    }
    return Optional.of(Labels.fromCsv(file.get(), images));
  }
}
