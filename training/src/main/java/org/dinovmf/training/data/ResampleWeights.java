package org.dinovmf.training.data;

/**
 * The weights with which the pixels of a line make those of a longer or shorter line: the cubic
 * kernel of Keys (1981) with a = -0.5, widened by the scale when the line becomes shorter.
 */
final class ResampleWeights {

  /** Bits after the point: 32, less 8 of a value and 2 for sums beyond 1 and the sign. */
  static final int PRECISION_BITS = 22;

  private static final double SUPPORT = 2;

  private final int stride;
  private final int[] first;
  private final int[] count;
  private final int[] values;

  private ResampleWeights(int stride, int size) {
    this.stride = stride;
    this.first = new int[size];
    this.count = new int[size];
    this.values = new int[size * stride];
  }

  /** The weights from a line of {@code from} pixels to one of {@code to}. */
  static ResampleWeights of(int from, int to) {
    double scale = (double) from / to;
    double widening = Math.max(1, scale);
    double support = SUPPORT * widening;
    ResampleWeights weights = new ResampleWeights((int) Math.ceil(support) * 2 + 1, to);
    double[] line = new double[weights.stride];
    for (int x = 0; x < to; x++) {
      double center = (x + 0.5) * scale;
      int begin = Math.max(0, (int) (center - support + 0.5));
      int end = Math.min(from, (int) (center + support + 0.5));
      double sum = 0;
      for (int i = begin; i < end; i++) {
        line[i - begin] = cubic((i - center + 0.5) * (1 / widening));
        sum += line[i - begin];
      }
      weights.first[x] = begin;
      weights.count[x] = end - begin;
      for (int i = 0; i < end - begin; i++) {
        weights.values[x * weights.stride + i] = fixedPoint(line[i] / sum);
      }
    }
    return weights;
  }

  private static double cubic(double distance) {
    double x = Math.abs(distance);
    if (x < 1) {
      return (1.5 * x - 2.5) * x * x + 1;
    }
    return x < 2 ? (((x - 5) * x + 8) * x - 4) * -0.5 : 0;
  }

  private static int fixedPoint(double weight) {
    return (int) (weight * (1 << PRECISION_BITS) + (weight < 0 ? -0.5 : 0.5));
  }

  /** Pixels of the result. */
  int size() {
    return first.length;
  }

  /** The first pixel that counts for a pixel of the result. */
  int first(int position) {
    return first[position];
  }

  /** How many pixels count for it. */
  int count(int position) {
    return count[position];
  }

  /** Where its weights begin in {@link #values}: at position times this. */
  int stride() {
    return stride;
  }

  int[] values() {
    return values;
  }
}
