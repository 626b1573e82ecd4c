package org.dinovmf.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.dinovmf.ops.GradientCheck.Input;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TFloating;

/** Compiled kernels compute in float32, so that they are held to plain ops in float64. */
class CompiledKernelsTest {

  /** A kernel as a function of inputs of any type. */
  @FunctionalInterface
  interface Kernel {
    <T extends TFloating> Operand<T> apply(Kernels kernels, Ops tf, List<Operand<T>> in);
  }

  private static final class Linear implements Kernel {
    @Override
    public <T extends TFloating> Operand<T> apply(Kernels kernels, Ops tf, List<Operand<T>> in) {
      return kernels.linear(tf, in.get(0), in.get(1), in.get(2));
    }
  }

  private static final class Mlp implements Kernel {
    @Override
    public <T extends TFloating> Operand<T> apply(Kernels kernels, Ops tf, List<Operand<T>> in) {
      return kernels.mlp(
          tf, in.get(0), new Affine<>(in.get(1), in.get(2)), new Affine<>(in.get(3), in.get(4)));
    }
  }

  private static Input wave(double salt, long... sizes) {
    return new Input(Shape.of(sizes), i -> Math.sin(salt + 1.3 * i + 0.01 * i * i));
  }

  static Stream<Arguments> cases() {
    Input unknownRows =
        new Input(Shape.of(6, 20), Shape.of(Shape.UNKNOWN_SIZE, 20), i -> 2 * Math.cos(1.7 * i));
    return Stream.of(
        of("linear rank 2", new Linear(), wave(0, 5, 30), wave(1, 30, 4), wave(2, 4)),
        of("linear rank 3", new Linear(), wave(0, 2, 3, 30), wave(1, 30, 4), wave(2, 4)),
        of("mlp", new Mlp(), mlp(wave(0, 7, 20))),
        of("mlp, rows ?", new Mlp(), mlp(unknownRows)),
        of("mlp of one row", new Mlp(), mlp(wave(0, 1, 20))));
  }

  private static Input[] mlp(Input x) {
    return new Input[] {x, wave(1, 20, 40), wave(2, 40), wave(3, 40, 6), wave(4, 6)};
  }

  private static Arguments of(String name, Kernel kernel, Input... inputs) {
    return Arguments.of(Named.of(name, kernel), List.of(inputs));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void valueAndGradientsAreThoseOfPlainOps(Kernel kernel, List<Input> inputs) {
    check(kernel, inputs, Precision.FLOAT32, 1e-5);
  }

  /** A chain of at most four products, each of two factors that are rounded. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void inBfloat16TheyAreToItsPrecision(Kernel kernel, List<Input> inputs) {
    check(kernel, inputs, Precision.BFLOAT16, 12 * 0x1p-9);
  }

  private static void check(
      Kernel kernel, List<Input> inputs, Precision precision, double tolerance) {
    Kernels compiled = Kernels.training(precision, Fusion.EXPLICIT);
    try (GradientCheck found =
            new GradientCheck((tf, in) -> inFloat32(kernel, compiled, tf, in), inputs);
        GradientCheck exact =
            new GradientCheck((tf, in) -> kernel.apply(Kernels.plain(), tf, in), inputs)) {
      found.assertMatches(exact, tolerance);
      assertEquals(exact.staticShape().toString(), found.staticShape().toString());
    }
  }

  private static Operand<TFloat64> inFloat32(
      Kernel kernel, Kernels kernels, Ops tf, List<Operand<TFloat64>> in) {
    List<Operand<TFloat32>> narrow = new ArrayList<>();
    in.forEach(x -> narrow.add(tf.dtypes.cast(x, TFloat32.class)));
    return tf.dtypes.cast(kernel.apply(kernels, tf, narrow), TFloat64.class);
  }

  /** Far from 0 it is the identity or 0, and never NaN; near 0 half of x. */
  @Test
  void compiledGeluIsExactFarFromZeroAndNearIt() {
    float[] xs = {-1e30f, -40, -5.5f, -1e-20f, 0, 1e-20f, 5.5f, 40, 1e30f};
    float[] expected = {0, 0, -1.0444226e-7f, -5e-21f, 0, 5e-21f, 5.5f, 40, 1e30f};
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      CompiledFunction gelu = CompiledGelu.of(TFloat32.class).value().in(tf);
      Operand<TFloat32> y = gelu.call(tf, tf.constant(xs));
      try (Session session = new Session(graph);
          Result result = session.runner().fetch(y).run()) {
        TFloat32 found = (TFloat32) result.get(0);
        for (int i = 0; i < xs.length; i++) {
          // erf is near -1 at -5.5, where a rounding error of it is a large part of what is left.
          assertEquals(
              expected[i], found.getFloat(i), Math.abs(xs[i]) < 10 ? 4e-7 : 0, "x " + xs[i]);
        }
      }
    }
  }

  @Test
  void whatIsNotFloat32IsRefused() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat64> side = tf.constant(new double[][] {{1, 2}, {3, 4}});
      Affine<TFloat64> layer = new Affine<>(side, tf.constant(new double[] {5, 6}));
      Kernels compiled = Kernels.training(Precision.FLOAT32, Fusion.EXPLICIT);
      var refused =
          assertThrows(IllegalArgumentException.class, () -> compiled.mlp(tf, side, layer, layer));
      assertEquals(
          "compiled GELU is of TFloat32 or TBfloat16, but TFloat64 is asked for",
          refused.getMessage());
    }
  }
}
