package org.dinovmf.graph;

import java.util.Locale;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;

/**
 * How one axis of a position table is resized: bicubic, half-pixel centers. The published encoders
 * differ in the rest, and each has learned, or was evaluated, with its own.
 */
public enum PositionRule {
  /**
   * DINO, iBOT, and DINOv2 without registers: a = -0.75, borders repeated, and the scale {@code
   * (size + 0.1) / side}. The 0.1 guards a float division there and shifts every coordinate a
   * little, so it is part of the result.
   */
  OFFSET {
    @Override
    public double[][] weights(int side, int size) {
      return taps(side, size, (size + SCALE_GUARD) / side);
    }

    @Override
    Operand<TFloat64> weights(Ops tf, int side, Operand<TInt64> size) {
      PositionWeights weights = new PositionWeights(tf, side, size);
      Operand<TFloat64> guarded = tf.math.add(weights.count(), tf.constant(SCALE_GUARD));
      return weights.taps(tf.math.div(guarded, tf.constant((double) side)), CUBIC_A);
    }
  },
  /** ViT, DeiT and DINOv2 in transformers: as {@link #OFFSET}, with the scale of the sizes. */
  PLAIN {
    @Override
    public double[][] weights(int side, int size) {
      return taps(side, size, (double) size / side);
    }

    @Override
    Operand<TFloat64> weights(Ops tf, int side, Operand<TInt64> size) {
      PositionWeights weights = new PositionWeights(tf, side, size);
      return weights.taps(tf.math.div(weights.count(), tf.constant((double) side)), CUBIC_A);
    }
  },
  /**
   * DINOv2 with registers, and timm: a = -0.5, widened by the scale where the table shrinks, and
   * normalized over what lies inside the table.
   */
  ANTIALIASED {
    @Override
    public double[][] weights(int side, int size) {
      return widened(side, size);
    }

    @Override
    Operand<TFloat64> weights(Ops tf, int side, Operand<TInt64> size) {
      return new PositionWeights(tf, side, size).widened(ANTIALIASED_A);
    }
  };

  /** PyTorch's a of the bicubic kernel, and the one of its antialiased version. */
  private static final double CUBIC_A = -0.75;

  private static final double ANTIALIASED_A = -0.5;

  /** Added to the grid before the scale is taken. */
  private static final double SCALE_GUARD = 0.1;

  /** {@code offset}, as an option value. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Row i holds the weights of the {@code side} old positions in new position i. */
  public abstract double[][] weights(int side, int size);

  /**
   * The same for a size that is known only when the graph runs.
   *
   * @param size scalar
   * @return {@code [size, side]}
   */
  abstract Operand<TFloat64> weights(Ops tf, int side, Operand<TInt64> size);

  private static double[][] taps(int side, int size, double scale) {
    double[][] weights = new double[size][side];
    for (int i = 0; i < size; i++) {
      double position = (i + 0.5) / scale - 0.5;
      int base = (int) Math.floor(position);
      double fraction = position - base;
      for (int tap = -1; tap <= 2; tap++) {
        int source = Math.min(Math.max(base + tap, 0), side - 1);
        weights[i][source] += cubic(Math.abs(tap - fraction), CUBIC_A);
      }
    }
    return weights;
  }

  private static double[][] widened(int side, int size) {
    double[][] weights = new double[size][side];
    double ratio = (double) side / size;
    double width = Math.max(ratio, 1);
    for (int i = 0; i < size; i++) {
      double center = ratio * (i + 0.5);
      int first = Math.max((int) (center - 2 * width + 0.5), 0);
      int end = Math.min((int) (center + 2 * width + 0.5), side);
      double sum = 0;
      for (int source = first; source < end; source++) {
        weights[i][source] = cubic(Math.abs((source + 0.5 - center) / width), ANTIALIASED_A);
        sum += weights[i][source];
      }
      for (int source = first; source < end; source++) {
        weights[i][source] /= sum;
      }
    }
    return weights;
  }

  /** Keys 1981. */
  private static double cubic(double x, double a) {
    if (x <= 1) {
      return ((a + 2) * x - (a + 3)) * x * x + 1;
    }
    return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
  }
}
