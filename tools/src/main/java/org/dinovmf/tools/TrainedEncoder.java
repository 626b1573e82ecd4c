package org.dinovmf.tools;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import org.dinovmf.savedmodel.CheckpointSource;
import org.dinovmf.savedmodel.EncoderSpec;
import org.dinovmf.tools.embed.TeacherSource;
import org.dinovmf.training.checkpoint.Checkpoint;
import org.dinovmf.training.checkpoint.CheckpointException;
import org.dinovmf.training.checkpoint.Checkpoints;

/**
 * The teacher of a run, as the run's files describe it.
 *
 * @param source without a head if the run is an imported encoder that came without
 * @param checkpoint that has the weights
 */
record TrainedEncoder(CheckpointSource source, Checkpoint checkpoint) {

  /**
   * Reads a run's record and its newest whole checkpoint, or the one that is named.
   *
   * @param warnings gets a line for each damaged checkpoint that is passed over
   */
  static TrainedEncoder of(Path run, Optional<Path> named, Consumer<String> warnings)
      throws IOException {
    NetworkOrigin origin = NetworkOrigin.of(run);
    return of(origin, checkpoint(run, named, warnings));
  }

  /** Reads a run's record; the checkpoint is known to be whole. */
  static TrainedEncoder of(Path run, Checkpoint checkpoint) throws IOException {
    return of(NetworkOrigin.of(run), checkpoint);
  }

  private static TrainedEncoder of(NetworkOrigin origin, Checkpoint checkpoint) {
    return new TrainedEncoder(
        TeacherSource.of(origin.config(), checkpoint.prefix(), origin.hasHead()), checkpoint);
  }

  /** Sizes and preprocessing. */
  EncoderSpec spec() {
    return source.spec();
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
