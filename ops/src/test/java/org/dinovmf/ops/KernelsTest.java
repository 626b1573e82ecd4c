package org.dinovmf.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.dinovmf.ops.GradientCheck.Input;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TFloating;

class KernelsTest {

  private static final double EPSILON = 1e-6;

  /** A kernel as a function of its float64 inputs. */
  @FunctionalInterface
  interface Kernel {
    Operand<TFloat64> apply(Kernels kernels, Ops tf, List<Operand<TFloat64>> in);
  }

  private static final Kernel LINEAR =
      (kernels, tf, in) -> kernels.linear(tf, in.get(0), in.get(1), in.get(2));
  private static final Kernel GELU = (kernels, tf, in) -> kernels.gelu(tf, in.get(0));
  private static final Kernel LAYER_NORM =
      (kernels, tf, in) -> kernels.layerNorm(tf, in.get(0), in.get(1), in.get(2), EPSILON);

  private static Kernel attention(int numHeads) {
    return (kernels, tf, in) -> kernels.attention(tf, in.get(0), numHeads);
  }

  private static Input x(long... sizes) {
    return new Input(Shape.of(sizes), i -> Math.cos(i) + 0.5 * Math.sin(0.1 * i * i));
  }

  /** The graph does not know the size of the batch. */
  private static Input unknownBatch(long... sizes) {
    long[] known = sizes.clone();
    known[0] = Shape.UNKNOWN_SIZE;
    Input input = x(sizes);
    return new Input(input.shape(), Shape.of(known), input.values());
  }

  private static Input weight(int salt, long... sizes) {
    return new Input(Shape.of(sizes), i -> 0.7 * Math.sin(salt + 1.3 * i));
  }

  static Stream<Arguments> cases() {
    return Stream.of(
        of("linear rank 2", LINEAR, x(5, 3), weight(1, 3, 4), weight(2, 4)),
        of("linear rank 3", LINEAR, x(2, 3, 5), weight(1, 5, 7), weight(2, 7)),
        of("linear batch ?", LINEAR, unknownBatch(3, 2, 5), weight(1, 5, 1), weight(2, 1)),
        of(
            "linear batch ?, tokens ?",
            LINEAR,
            new Input(Shape.of(3, 2, 5), Shape.of(-1, -1, 5), Math::cos),
            weight(1, 5, 4),
            weight(2, 4)),
        of("gelu", GELU, x(3, 7)),
        of("gelu wide", GELU, new Input(Shape.of(41), i -> 0.3 * (i - 20))),
        of("gelu batch ?", GELU, unknownBatch(2, 3, 2)),
        of("layerNorm rank 2", LAYER_NORM, x(5, 3), weight(1, 3), weight(2, 3)),
        of("layerNorm rank 3", LAYER_NORM, x(2, 3, 7), weight(1, 7), weight(2, 7)),
        of("layerNorm batch ?", LAYER_NORM, unknownBatch(2, 3, 5), weight(1, 5), weight(2, 5)),
        of("attention of 1 head", attention(1), x(2, 3, 15)),
        of("attention of 2 heads", attention(2), x(2, 5, 18)),
        of("attention of 3 heads, batch ?", attention(3), unknownBatch(3, 4, 18)),
        of("attention to 1 token", attention(2), x(2, 1, 12)));
  }

  private static Arguments of(String name, Kernel kernel, Input... inputs) {
    return Arguments.of(Named.of(name, kernel), List.of(inputs));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void declaredGradientMatchesThatOfPlainOps(Kernel kernel, List<Input> inputs) {
    try (GradientCheck declared =
            new GradientCheck((tf, in) -> kernel.apply(Kernels.training(), tf, in), inputs);
        GradientCheck plain =
            new GradientCheck((tf, in) -> kernel.apply(Kernels.plain(), tf, in), inputs)) {
      declared.assertMatches(plain, 1e-12);
      assertEquals(plain.staticShape().toString(), declared.staticShape().toString());
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void declaredGradientMatchesCentralDifference(Kernel kernel, List<Input> inputs) {
    try (GradientCheck declared =
        new GradientCheck((tf, in) -> kernel.apply(Kernels.training(), tf, in), inputs)) {
      declared.assertMatchesCentralDifference(1e-9);
    }
  }

  static Stream<Arguments> rounded() {
    return Stream.of(
        of("linear rank 2", LINEAR, x(5, 30), weight(1, 30, 4), weight(2, 4)),
        of("linear batch ?", LINEAR, unknownBatch(3, 2, 50), weight(1, 50, 7), weight(2, 7)),
        of("attention of 2 heads", attention(2), x(2, 5, 24)),
        of("attention of 3 heads, batch ?", attention(3), unknownBatch(3, 17, 36)));
  }

  /**
   * A factor is off by 2^-9 of its size at most and a result by as much, so a product by three of
   * them; in attention there are two products in a row, and in its gradient three. That the
   * difference is not smaller than float32's tells that factors were rounded at all.
   */
  @ParameterizedTest(name = "{0}")
  @MethodSource("rounded")
  void productsOfBfloat16AreThoseOfFloat64ToItsPrecision(Kernel kernel, List<Input> inputs) {
    Kernels narrow = Kernels.training(Precision.BFLOAT16, Fusion.BY_TENSORFLOW);
    try (GradientCheck rounded =
            new GradientCheck((tf, in) -> kernel.apply(narrow, tf, in), inputs);
        GradientCheck exact =
            new GradientCheck((tf, in) -> kernel.apply(Kernels.plain(), tf, in), inputs)) {
      rounded.assertMatches(exact, 9 * 0x1p-9);
      assertTrue(largestDifference(exact.output(), rounded.output()) > 0x1p-16);
      assertTrue(largestDifference(exact.gradient(0), rounded.gradient(0)) > 0x1p-16);
    }
  }

  private static double largestDifference(double[] expected, double[] found) {
    return IntStream.range(0, expected.length)
        .mapToDouble(i -> Math.abs(expected[i] - found[i]))
        .max()
        .orElseThrow();
  }

  /**
   * Added up in bfloat16, ones stop at 256, and equal shares of 1 among 1024 tokens at a quarter.
   * The gradient of the weight is a sum over rows of {@code cos^2}, about 2048.
   */
  @Test
  void sumsOfManyTermsAreNotTakenInBfloat16() {
    int terms = 4096;
    Kernels narrow = Kernels.training(Precision.BFLOAT16, Fusion.BY_TENSORFLOW);
    List<Input> waves =
        List.of(new Input(Shape.of(terms, 2), i -> Math.cos(2 * i)), ones(2, 2), ones(2));
    try (GradientCheck wide =
            new GradientCheck(
                (tf, in) -> LINEAR.apply(narrow, tf, in),
                List.of(ones(2, terms), ones(terms, 2), ones(2)));
        GradientCheck tall = new GradientCheck((tf, in) -> LINEAR.apply(narrow, tf, in), waves);
        GradientCheck exact =
            new GradientCheck((tf, in) -> LINEAR.apply(Kernels.plain(), tf, in), waves);
        GradientCheck tokens =
            new GradientCheck(
                (tf, in) -> attention(1).apply(narrow, tf, in), List.of(ones(1, 1024, 3)))) {
      assertEquals(terms + 1, wide.output()[0], terms * 0x1p-8);
      GradientCheck.assertClose(exact.gradient(1), tall.gradient(1), 3 * 0x1p-9, "weight");
      assertEquals(1, tokens.output()[0], 0x1p-8);
    }
  }

  private static Input ones(long... sizes) {
    return new Input(Shape.of(sizes), i -> 1);
  }

  /** A bias' gradient is a sum over all rows, and must not lose those that come late. */
  @Test
  void gradientOfABiasIsNotRounded() {
    List<Input> inputs = List.of(x(600, 3), weight(1, 3, 2), weight(2, 2));
    Kernels narrow = Kernels.training(Precision.BFLOAT16, Fusion.BY_TENSORFLOW);
    try (GradientCheck rounded =
            new GradientCheck((tf, in) -> LINEAR.apply(narrow, tf, in), inputs);
        GradientCheck exact =
            new GradientCheck((tf, in) -> LINEAR.apply(Kernels.plain(), tf, in), inputs)) {
      GradientCheck.assertClose(exact.gradient(2), rounded.gradient(2), 1e-12, "bias");
    }
  }

  /** The derived gradient of the expansions loses digits, though far from all. */
  @ParameterizedTest
  @ValueSource(ints = {2, 5, 43, 256})
  void gradientOfTheNormalizerMatchesThatOfPlainOps(int dim) {
    List<Input> vectors = List.of(new Input(Shape.of(7, 3), i -> (i + 1) * Math.cos(i)));
    Kernel normalizer =
        (kernels, tf, in) -> {
          Operand<TFloat64> square = tf.math.square(in.get(0));
          return kernels.relativeLogNormalizer(tf, tf.reduceSum(square, tf.constant(-1)), dim);
        };
    try (GradientCheck declared =
            new GradientCheck((tf, in) -> normalizer.apply(Kernels.training(), tf, in), vectors);
        GradientCheck plain =
            new GradientCheck((tf, in) -> normalizer.apply(Kernels.plain(), tf, in), vectors)) {
      declared.assertMatches(plain, 1e-9);
      declared.assertMatchesCentralDifference(1e-9);
    }
  }

  /** From golden/kernels_golden.py: plain Python, one element at a time. */
  static Stream<Arguments> goldenValues() {
    double[] points = {-9, -2, -0.3, 0, 0.7, 3, 9};
    return Stream.of(
        Arguments.of(
            Named.of("gelu", GELU),
            List.of(new Input(Shape.of(7), i -> points[i])),
            new double[] {
              0, -0.045500263896358, -0.114626573343314, 0, 0.530625443443849, 2.995950305905110, 9
            }),
        Arguments.of(
            Named.of("layerNorm", LAYER_NORM),
            List.of(x(1, 5), weight(1, 5), weight(2, 5)),
            new double[] {
              1.521323499673750,
              0.307180338931423,
              -0.512597617427194,
              0.588658508798720,
              0.583190645877844
            }),
        Arguments.of(
            Named.of("attention", attention(2)),
            List.of(x(1, 3, 12)),
            new double[] {
              0.414145790031490, -0.256632473855954, -1.095763020532541, -0.414977541608092,
              0.400233786752904, -0.265529640030218, -1.157676997566775, -0.368934306291765,
              0.384583107504525, -0.263472858264927, -1.111910566596491, -0.407445159518197
            }));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("goldenValues")
  void valuesMatchPython(Kernel kernel, List<Input> inputs, double[] expected) {
    for (Kernels kernels : List.of(Kernels.plain(), Kernels.training())) {
      try (GradientCheck check =
          new GradientCheck((tf, in) -> kernel.apply(kernels, tf, in), inputs)) {
        GradientCheck.assertClose(expected, check.output(), 1e-14, kernels.toString());
      }
    }
  }

  /** The gradients capture operands of the forward pass; these must be differentiated as well. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("secondOrderCases")
  void secondGradientMatchesCentralDifference(Kernel kernel, List<Input> inputs) {
    try (GradientCheck declared = second(kernel, inputs)) {
      declared.assertMatchesCentralDifference(1e-8);
    }
  }

  static Stream<Arguments> secondOrderCases() {
    return Stream.of(
        of("gelu", GELU, x(3, 7)),
        of("layerNorm", LAYER_NORM, x(2, 3, 7), weight(1, 7), weight(2, 7)),
        of("attention", attention(2), x(2, 3, 12)));
  }

  /** The squared gradient of the first input, as a function to be differentiated again. */
  private static GradientCheck second(Kernel kernel, List<Input> inputs) {
    return new GradientCheck(
        (tf, in) -> {
          Operand<TFloat64> y = kernel.apply(Kernels.training(), tf, in);
          Output<?>[] dx = {tf.math.sin(y).asOutput()};
          Output<?>[] gradient =
              ((Graph) tf.scope().env())
                  .addGradients(
                      null,
                      new Output<?>[] {y.asOutput()},
                      new Output<?>[] {in.get(0).asOutput()},
                      dx);
          return tf.math.square(gradient[0].expect(TFloat64.class));
        },
        inputs);
  }

  @Test
  void float32AgreesWithFloat64() {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Kernels kernels = Kernels.training();
      Operand<TFloat64> wide = network(tf, kernels, TFloat64.class);
      Operand<TFloat32> narrow = network(tf, kernels, TFloat32.class);
      Operand<TFloat64> difference =
          tf.reduceMax(
              tf.math.abs(tf.math.sub(wide, tf.dtypes.cast(narrow, TFloat64.class))),
              tf.array(0, 1, 2));
      try (Result result = session.runner().fetch(difference).run();
          TFloat64 value = (TFloat64) result.get(0)) {
        assertEquals(0, value.getDouble(), 2e-6); // values of size 1
      }
    }
  }

  /** The gradient with respect to the input of one pass through every kernel. */
  private static <T extends TFloating> Operand<T> network(Ops tf, Kernels kernels, Class<T> type) {
    Operand<T> x = constant(tf, x(2, 5, 8), type);
    Operand<T> weight = constant(tf, weight(1, 8), type);
    Operand<T> packed =
        kernels.linear(
            tf, x, constant(tf, weight(2, 8, 24), type), constant(tf, weight(3, 24), type));
    Operand<T> mixed = kernels.gelu(tf, kernels.attention(tf, packed, 2));
    Operand<T> y = kernels.layerNorm(tf, tf.math.add(x, mixed), weight, weight, EPSILON);
    Output<?>[] gradient =
        ((Graph) tf.scope().env()).addGradients(y.asOutput(), new Output<?>[] {x.asOutput()});
    return gradient[0].expect(type);
  }

  private static <T extends TFloating> Operand<T> constant(Ops tf, Input input, Class<T> type) {
    double[] values =
        IntStream.range(0, (int) input.shape().size()).mapToDouble(input.values()).toArray();
    return tf.dtypes.cast(tf.reshape(tf.constant(values), tf.constant(input.shape())), type);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {"2, 3, 12; 5", "3, 12; 2", "2, 3, -1; 2", "2, 3, 12; 0"})
  void rejectsWhatHeadsDoNotDivide(String sizes, int numHeads) {
    long[] shape = Arrays.stream(sizes.split(", ")).mapToLong(Long::parseLong).toArray();
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> qkv = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(shape)));
      for (Kernels kernels : List.of(Kernels.plain(), Kernels.training())) {
        var e =
            assertThrows(
                IllegalArgumentException.class, () -> kernels.attention(tf, qkv, numHeads));
        assertEquals(
            "qkv must be [batch, tokens, 3 * dim] with a dim that %d heads divide, but is %s"
                .formatted(numHeads, Shape.of(shape)),
            e.getMessage());
      }
    }
  }

  @Test
  void aDeclaredGradientNeedsTheNumberOfTokens() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Shape shape = Shape.of(2, Shape.UNKNOWN_SIZE, 12);
      Operand<TFloat32> qkv = tf.placeholder(TFloat32.class, Placeholder.shape(shape));
      var e =
          assertThrows(
              IllegalArgumentException.class, () -> Kernels.training().attention(tf, qkv, 2));
      assertEquals(
          "attention with a declared gradient needs a known number of tokens, but qkv is [2, -1, 12]",
          e.getMessage());
    }
  }
}
