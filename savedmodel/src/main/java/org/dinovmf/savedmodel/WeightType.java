package org.dinovmf.savedmodel;

import java.util.Locale;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;

/** How an exported model keeps its weights; it computes in float32 with each of them. */
public enum WeightType {
  /** As they were trained. */
  FLOAT32(TFloat32.class),
  /** Half the size, 11 significant bits, at most 65504. */
  FLOAT16(TFloat16.class),
  /** Half the size, 8 significant bits, the range of float32. */
  BFLOAT16(TBfloat16.class);

  private final Class<? extends TFloating> type;

  WeightType(Class<? extends TFloating> type) {
    this.type = type;
  }

  Class<? extends TFloating> type() {
    return type;
  }

  /** {@code float16}, as an option value. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
