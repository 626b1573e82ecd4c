package org.dinovmf.tools;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import org.dinovmf.tools.embed.EmbeddedRow;
import org.dinovmf.tools.embed.ImageRow;
import org.dinovmf.tools.features.FeatureKind;
import org.dinovmf.tools.features.FeatureStore;
import org.dinovmf.tools.features.Framing;
import org.dinovmf.training.data.DataException;
import org.dinovmf.training.eval.LabeledFeatures;

/**
 * Features of random crops of labeled images, computed anew for each epoch, of which one is kept. A
 * crop depends on seed, epoch and path alone. The images that the first epoch could read are those
 * of all.
 */
final class AugmentedFeatures implements IntFunction<LabeledFeatures> {

  private final FeatureStore store;
  private final LabeledImages images;
  private final Map<String, Integer> numbers;
  private final FeatureKind kind;
  private final long seed;
  private final PrintWriter err;
  private List<ImageRow> readable = List.of();
  private List<Integer> labels = List.of();

  /**
   * Computes nothing yet.
   *
   * @param numbers of the classes, by name
   * @param err gets in the first epoch a line about each image that is left out
   */
  AugmentedFeatures(
      FeatureStore store,
      LabeledImages images,
      Map<String, Integer> numbers,
      FeatureKind kind,
      long seed,
      PrintWriter err) {
    this.store = store.withoutCache();
    this.images = images;
    this.numbers = numbers;
    this.kind = kind;
    this.seed = seed;
    this.err = err;
  }

  @Override
  public LabeledFeatures apply(int epoch) {
    int side = store.encoder().spec().transform().crop();
    Framing framing = new Framing.RandomCrop(side, seed, epoch);
    try {
      return epoch == 0 ? first(framing) : another(framing, epoch);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private LabeledFeatures first(Framing framing) throws IOException {
    LabeledRows rows = LabeledRows.of(store, images, numbers, kind, framing, "--train", err);
    Set<String> paths = Set.copyOf(rows.paths());
    readable = images.rows().stream().filter(image -> paths.contains(image.path())).toList();
    labels = rows.features().labels();
    return rows.features();
  }

  private LabeledFeatures another(Framing framing, int epoch) throws IOException {
    List<float[]> features = new ArrayList<>();
    List<EmbeddedRow> rows = store.rows(readable, kind, framing, done -> {});
    for (int i = 0; i < rows.size(); i++) {
      EmbeddedRow row = rows.get(i);
      features.add((row.isBad() ? onceMore(readable.get(i), framing, epoch) : row).embedding());
    }
    return new LabeledFeatures(features, labels);
  }

  /** A disk or a network may have failed for a moment, and many epochs would be lost. */
  private EmbeddedRow onceMore(ImageRow image, Framing framing, int epoch) throws IOException {
    EmbeddedRow row = store.rows(List.of(image), kind, framing, done -> {}).get(0);
    if (row.isBad()) {
      throw new DataException(
          "images of --train must stay as they are, but '%s' could be read in the first epoch and cannot in epoch %d: %s"
              .formatted(image.path(), epoch + 1, row.reason()));
    }
    return row;
  }
}
