package org.dinovmf.tools;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import org.dinovmf.savedmodel.EncoderSpec;
import org.dinovmf.training.RunRecord;
import org.dinovmf.training.TrainConfig;
import org.dinovmf.training.TrainGraph;
import org.dinovmf.training.checkpoint.Checkpoint;
import org.dinovmf.training.checkpoint.CheckpointException;
import org.dinovmf.training.checkpoint.Checkpoints;

/**
 * The teacher of a run, as the run's files describe it.
 *
 * @param checkpoint that has the weights
 */
record TrainedEncoder(EncoderSpec spec, Checkpoint checkpoint) {

  /** Where a checkpoint has the encoder that is exported and evaluated. */
  static final String WEIGHTS = TrainGraph.TEACHER_ENCODER;

  /**
   * Reads a run's record and its newest whole checkpoint, or the one that is named.
   *
   * @param warnings gets a line for each damaged checkpoint that is passed over
   */
  static TrainedEncoder of(Path run, Optional<Path> named, Consumer<String> warnings)
      throws IOException {
    TrainConfig config = RunRecord.read(run).config();
    EncoderSpec spec =
        new EncoderSpec(config.model().encoder(), config.evaluation(), config.normalization());
    return new TrainedEncoder(spec, checkpoint(run, named, warnings));
  }

  /** The named checkpoint, or the run's newest whole one. */
  static Checkpoint checkpoint(Path run, Optional<Path> named, Consumer<String> warnings)
      throws IOException {
    if (named.isPresent()) {
      return Checkpoints.read(named.get());
    }
    return new Checkpoints(run, 1)
        .latestValid(warnings)
        .orElseThrow(
            () ->
                new CheckpointException(
                    "run '%s' has no checkpoint yet; train it first".formatted(run)));
  }
}
