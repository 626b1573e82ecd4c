package org.dinovmf.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.dinovmf.savedmodel.Encoder;
import org.dinovmf.savedmodel.Versions;
import org.dinovmf.tools.embed.DecodedBatches;
import org.dinovmf.tools.embed.Digests;
import org.dinovmf.tools.embed.EmbedConfig;
import org.dinovmf.tools.embed.EmbeddingExport;
import org.dinovmf.tools.embed.EmbeddingJob;
import org.dinovmf.tools.embed.ImageRow;
import org.dinovmf.tools.features.PooledTokens;
import org.dinovmf.training.data.DecodeRules;
import org.dinovmf.training.data.ImageIndex;
import org.dinovmf.training.data.ImageIndexer;

/** Leaves the files of an embedding that ended after some batches. */
final class StoppedEmbedding {

  private StoppedEmbedding() {}

  static void make(Path model, Path data, Path out, int batchSize, int batches) throws IOException {
    EmbedConfig config = EmbedConfig.of(batchSize, 1, DecodeRules.standard());
    ImageIndex index = ImageIndexer.scan(List.of(data), config.limits(), 1);
    Path version = Versions.resolve(model);
    int[] left = {batches};
    try (Encoder encoder = Encoder.load(version, 1);
        DecodedBatches<?> embedder = PooledTokens.CLS.embedder(encoder, config)) {
      EmbeddingJob.Summary summary =
          EmbeddingJob.run(
              embedder,
              Digests.ofFolder(version),
              new EmbeddingExport(Set.of(), config),
              Optional.empty(),
              ImageRow.of(index),
              out,
              done -> --left[0] > 0);
      assertFalse(summary.isFinished());
      assertEquals(batchSize * batches, summary.done());
    }
  }
}
