package org.dinovmf.ops;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;

/**
 * GELU and its gradient, compiled.
 *
 * @param value of x
 * @param gradient of x and the gradient of GELU: the gradient of x
 */
record CompiledGelu(CompiledFunction value, CompiledFunction gradient) {

  private static final Class<TFloat32> WIDE = TFloat32.class;

  /** A compiled function is found by its name, so that there is one of each in the process. */
  private static final Map<Class<? extends TFloating>, CompiledGelu> MADE =
      new ConcurrentHashMap<>();

  /**
   * GELU of operands of this type with results of the same; computed in float32 throughout.
   *
   * @throws IllegalArgumentException if that would round more than the type does
   */
  static CompiledGelu of(Class<? extends TFloating> type) {
    if (type != WIDE && type != TBfloat16.class) {
      throw new IllegalArgumentException(
          "compiled GELU is of TFloat32 or TBfloat16, but %s is asked for"
              .formatted(type.getSimpleName()));
    }
    return MADE.computeIfAbsent(type, CompiledGelu::made);
  }

  private static CompiledGelu made(Class<? extends TFloating> type) {
    CompiledFunction value =
        CompiledFunction.of(
            "gelu",
            List.of(type),
            (tf, in) -> {
              Operand<TFloat32> x = wide(tf, in.get(0));
              return tf.dtypes.cast(tf.math.mul(x, GeluFormula.cdf(tf, x)), type);
            });
    CompiledFunction gradient =
        CompiledFunction.of(
            "gelu_gradient",
            List.of(type, type),
            (tf, in) -> {
              Operand<TFloat32> x = wide(tf, in.get(0));
              Operand<TFloat32> cdf = GeluFormula.cdf(tf, x);
              return tf.dtypes.cast(GeluFormula.gradient(tf, x, cdf, wide(tf, in.get(1))), type);
            });
    return new CompiledGelu(value, gradient);
  }

  private static Operand<TFloat32> wide(Ops tf, Output<?> x) {
    return tf.dtypes.cast(x, WIDE); // no work where it is wide: the compiler takes it out
  }
}
