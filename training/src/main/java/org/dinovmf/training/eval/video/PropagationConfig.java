package org.dinovmf.training.eval.video;

/**
 * How labels are carried from frame to frame.
 *
 * @param previousFrames frames before that vote, besides the first; at least 0
 * @param radius how many patches away, along each axis, a vote may come from; at least 0
 * @param neighbors votes that count for a patch, at least 1
 * @param temperature a vote weighs exp(cosine / temperature); above 0
 * @param threads that work side by side; without influence on the result
 */
public record PropagationConfig(
    int previousFrames, int radius, int neighbors, double temperature, int threads) {

  public PropagationConfig {
    if (previousFrames < 0 || radius < 0 || neighbors < 1 || !(temperature > 0) || threads < 1) {
      throw new IllegalArgumentException(
          "frames and radius must be at least 0, neighbors and threads at least 1, the temperature above 0: %d, %d, %d, %d, %s"
              .formatted(previousFrames, radius, neighbors, threads, temperature));
    }
  }

  /** Caron et al. 2021, section 4.3 and its code. */
  public static PropagationConfig published(int threads) {
    return new PropagationConfig(7, 12, 5, 0.1, threads);
  }
}
