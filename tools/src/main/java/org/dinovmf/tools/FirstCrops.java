package org.dinovmf.tools;

import java.io.IOException;
import java.util.Optional;
import org.dinovmf.tools.report.ContactSheet;
import org.dinovmf.training.TrainConfig;
import org.dinovmf.training.data.BadImagePolicy;
import org.dinovmf.training.data.BadImages;
import org.dinovmf.training.data.BatchLoader;
import org.dinovmf.training.data.BatchPosition;
import org.dinovmf.training.data.ImageDecoder;
import org.dinovmf.training.data.ImageIndex;
import org.dinovmf.training.data.LoaderConfig;

/** The crops of a run's first batch, cut again. */
final class FirstCrops {

  private FirstCrops() {}

  /** Nothing where there are fewer images than a batch takes. */
  static Optional<ContactSheet> of(
      StudiedRun studied, ImageIndex index, ImageDecoder decoder, int threads) throws IOException {
    TrainConfig config = studied.config();
    int batchSize = config.batch().batchSize();
    if (index.size() < batchSize) {
      return Optional.empty();
    }
    LoaderConfig loading = LoaderConfig.of(batchSize, config.seed(), threads);
    try (BatchLoader loader =
        new BatchLoader(
            index,
            decoder,
            config.crops(),
            loading,
            BadImages.unrecorded(index, BadImagePolicy.standard()),
            BatchPosition.start())) {
      return Optional.of(ContactSheet.of(loader.next()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while crops were cut", e);
    }
  }
}
