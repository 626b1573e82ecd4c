package org.dinovmf.savedmodel;

import java.util.Locale;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;

/** How an exported model keeps its weights; it computes in float32 with each of them. */
public enum WeightType {
  /** As they were trained. */
  FLOAT32(TFloat32.class, 0),
  /** Two bytes a weight, 11 significant bits, at most 65504. */
  FLOAT16(TFloat16.class, 1e-3),
  /** Two bytes a weight, 8 significant bits, the range of float32. */
  BFLOAT16(TBfloat16.class, 0.02);

  private final Class<? extends TFloating> type;
  private final double distance;

  WeightType(Class<? extends TFloating> type, double distance) {
    this.type = type;
    this.distance = distance;
  }

  Class<? extends TFloating> type() {
    return type;
  }

  /**
   * How far the rounding of weights may turn an embedding: one less the cosine. A weight is off by
   * a share of 2^-12 or 2^-9 at most, and the errors of many add up at random, so that a sound
   * model stays far below; one that overflows, or whose layers cancel, does not.
   */
  double distance() {
    return distance;
  }

  /** {@code float16}, as an option value. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
