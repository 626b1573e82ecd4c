package org.dinovmf.training.eval;

/** Means of the patches of an image. */
public final class Pooling {

  /** Power and floor of the published copy detection; Caron et al. 2021, section 4.2.2. */
  private static final double GEM_POWER = 4;

  private static final double GEM_FLOOR = 1e-6;

  private Pooling() {}

  /**
   * The arithmetic mean.
   *
   * @param patches {@code [patches][dim]}, at least one
   * @return {@code [dim]}
   */
  public static float[] mean(float[][] patches) {
    double[] sums = new double[patches[0].length];
    for (float[] patch : patches) {
      for (int d = 0; d < sums.length; d++) {
        sums[d] += patch[d];
      }
    }
    float[] mean = new float[sums.length];
    for (int d = 0; d < mean.length; d++) {
      mean[d] = (float) (sums[d] / patches.length);
    }
    return mean;
  }

  /**
   * The generalized mean: (mean of max(x, 1e-6)^4)^(1/4).
   *
   * @param patches {@code [patches][dim]}, at least one
   * @return {@code [dim]}
   */
  public static float[] generalizedMean(float[][] patches) {
    double[] sums = new double[patches[0].length];
    for (float[] patch : patches) {
      for (int d = 0; d < sums.length; d++) {
        sums[d] += Math.pow(Math.max(patch[d], GEM_FLOOR), GEM_POWER);
      }
    }
    float[] mean = new float[sums.length];
    for (int d = 0; d < mean.length; d++) {
      mean[d] = (float) Math.pow(sums[d] / patches.length, 1 / GEM_POWER);
    }
    return mean;
  }
}
