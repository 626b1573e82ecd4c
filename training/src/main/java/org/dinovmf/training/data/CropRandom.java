package org.dinovmf.training.data;

import java.nio.charset.StandardCharsets;

/**
 * The random numbers of one view of one image: a function of (seed, epoch, relative path, view) and
 * of nothing else. SplitMix64 (Steele, Lea and Flood 2014), written out so that its numbers are the
 * same on every Java version.
 */
public final class CropRandom {

  /** The odd number nearest to 2^64 over the golden ratio, the step of SplitMix64. */
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  private static final long FNV_OFFSET = 0xCBF29CE484222325L;
  private static final long FNV_PRIME = 0x100000001B3L;

  private long state;

  private CropRandom(long state) {
    this.state = state;
  }

  /**
   * The numbers of one view.
   *
   * @param view 0 and 1 for the global crops, then the local ones
   */
  public static CropRandom of(long seed, long epoch, String relativePath, int view) {
    return new CropRandom(mix(key(seed, epoch, relativePath) + (view + 1) * GOLDEN_GAMMA));
  }

  /** The numbers of the mask of one view, apart from those of its crop. */
  static CropRandom ofMask(long seed, long epoch, String relativePath, int view) {
    return new CropRandom(mix(key(seed, epoch, relativePath) - (view + 1) * GOLDEN_GAMMA));
  }

  /** A number that places an image among the others of an epoch as if at random. */
  static long key(long seed, long epoch, String relativePath) {
    long hash = FNV_OFFSET; // FNV-1a, mixed below because its high bits alone are poor
    for (byte b : relativePath.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xFF)) * FNV_PRIME;
    }
    return mix(mix(mix(seed + GOLDEN_GAMMA) + epoch) ^ mix(hash));
  }

  /** Uniform in [0, 1), in steps of 2^-53. */
  public double nextDouble() {
    state += GOLDEN_GAMMA;
    return (mix(state) >>> 11) * 0x1.0p-53;
  }

  /** Uniform in [low, high); {@code low} if both are equal. */
  public double nextDouble(double low, double high) {
    return low + (high - low) * nextDouble();
  }

  /** Uniform in 0 to {@code bound - 1}; the bias is below {@code bound} times 2^-53. */
  public int nextInt(int bound) {
    return (int) (nextDouble() * bound);
  }

  /** True with the given probability; always draws a number, so that later ones stay in place. */
  public boolean nextBoolean(double probability) {
    return nextDouble() < probability;
  }

  /** The finalizer of SplitMix64, a one-to-one map in which every bit depends on every other. */
  private static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
