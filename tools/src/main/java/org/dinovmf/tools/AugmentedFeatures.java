package org.dinovmf.tools;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.dinovmf.tools.features.FeatureKind;
import org.dinovmf.tools.features.FeatureStore;
import org.dinovmf.tools.features.Framing;
import org.dinovmf.training.data.DataException;
import org.dinovmf.training.eval.LabeledFeatures;

/**
 * Features of random crops of labeled images, computed anew for each epoch, of which one is kept. A
 * crop depends on seed, epoch and path alone.
 */
final class AugmentedFeatures implements IntFunction<LabeledFeatures> {

  private final FeatureStore store;
  private final LabeledImages images;
  private final Map<String, Integer> numbers;
  private final FeatureKind kind;
  private final long seed;
  private final PrintWriter err;
  private List<String> paths = List.of();

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
    PrintWriter log = epoch == 0 ? err : new PrintWriter(Writer.nullWriter());
    try {
      LabeledRows rows = LabeledRows.of(store, images, numbers, kind, framing, "--train", log);
      if (epoch == 0) {
        paths = rows.paths();
      }
      if (!rows.paths().equals(paths)) {
        throw new DataException(
            "images of --train must stay as they are, but in epoch %d others can be read than in the first: %d in place of %d"
                .formatted(epoch + 1, rows.paths().size(), paths.size()));
      }
      return rows.features();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
