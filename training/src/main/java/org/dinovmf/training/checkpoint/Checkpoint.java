package org.dinovmf.training.checkpoint;

import java.nio.file.Path;

/**
 * A finished checkpoint.
 *
 * @param directory holds TensorFlow's files, the state and the manifest
 */
public record Checkpoint(Path directory, TrainState state) {

  private static final String PREFIX = "weights";

  /** What TensorFlow calls the checkpoint: the path without {@code .index}. */
  public Path prefix() {
    return prefix(directory);
  }

  static Path prefix(Path directory) {
    return directory.resolve(PREFIX);
  }
}
