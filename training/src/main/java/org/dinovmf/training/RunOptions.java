package org.dinovmf.training;

import java.time.Duration;
import java.util.Optional;
import org.dinovmf.training.data.BadImagePolicy;
import org.dinovmf.training.data.DecodeRules;

/**
 * How a run is carried out; none of this changes its result on the same device, except {@code
 * threads}, which decides the order in which floating-point sums are taken, and {@code decoding},
 * which decides what images there are.
 *
 * @param threads bound of every pool: TensorFlow's, and that of decoding and augmentation
 * @param checkpointEpochs a checkpoint is saved after each so many epochs, and at the end
 * @param keepCheckpoints how many of the newest are kept
 * @param logSteps optimizer steps between two reports
 * @param decoding when an image is bad
 * @param badImages how many of them are too many
 * @param maxTime stops, saving, when a session has trained for so long
 */
public record RunOptions(
    int threads,
    int checkpointEpochs,
    int keepCheckpoints,
    int logSteps,
    Optional<Duration> maxTime,
    BadImagePolicy badImages,
    DecodeRules decoding) {

  public RunOptions {
    if (threads < 1 || checkpointEpochs < 1 || keepCheckpoints < 1 || logSteps < 1) {
      throw new IllegalArgumentException(
          "threads, checkpointEpochs, keepCheckpoints and logSteps must be at least 1: threads=%d, checkpointEpochs=%d, keepCheckpoints=%d, logSteps=%d"
              .formatted(threads, checkpointEpochs, keepCheckpoints, logSteps));
    }
  }

  /** A checkpoint every epoch, three kept, a report every 10 steps. */
  public static RunOptions standard(int threads) {
    return new RunOptions(
        threads, 1, 3, 10, Optional.empty(), BadImagePolicy.standard(), DecodeRules.standard());
  }
}
