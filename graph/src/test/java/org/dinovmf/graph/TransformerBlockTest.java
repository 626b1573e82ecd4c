package org.dinovmf.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Map;
import org.dinovmf.ops.Kernels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat64;

class TransformerBlockTest {

  private static final int DIM = 6;
  private static final Shape SHAPE = Shape.of(2, 3, DIM);

  /** Printed by golden/transformer_block.py. */
  private static final double[] GOLDEN = {
    -0.7365034444382, 0.3163197104806, -0.7389943068864,
    -0.0089262567204, -0.1800646736686, 0.2557395756590,
    -1.4980868280957, -0.0908174501127, 0.6586704758650,
    -0.5758952086975, 1.2566604252227, -0.4632956111454,
    -1.9614364796780, 1.1810070293950, 0.0692252466329,
    -1.0955841636258, 0.5579180437905, -0.9701295695728,
    -0.2591789550373, 0.7491450829521, -0.7605084833405,
    0.3533240247793, -0.1039474746160, -1.5883858410059,
    -0.6828736063441, 0.1480615860517, 0.4473516134325,
    -0.2516462901826, -0.5087201720748, -0.0590019914848,
    -1.5337663376440, 1.5533266090949, 0.1117729773237,
    -0.7183549513129, 0.6134036437561, -0.7740521059474,
  };

  @Test
  void matchesScalarArithmetic() {
    try (GraphFixture fixture = new GraphFixture()) {
      Operand<TFloat64> output = block(fixture, 2, entries(fixture), input(fixture));
      assertArrayEquals(GOLDEN, fixture.run(output), 1e-12);
    }
  }

  /** {@code t} moves one input along a fixed direction. */
  @ParameterizedTest(name = "{0} heads, moving {1}")
  @CsvSource({
    "1, x",
    "2, x",
    "3, x",
    "2, norm1/weight",
    "2, norm1/bias",
    "2, attn/qkv/weight",
    "2, attn/qkv/bias",
    "2, attn/proj/weight",
    "2, attn/proj/bias",
    "2, norm2/weight",
    "2, norm2/bias",
    "2, mlp/fc1/weight",
    "2, mlp/fc1/bias",
    "2, mlp/fc2/weight",
    "2, mlp/fc2/bias"
  })
  void slopeMatchesCentralDifference(int numHeads, String moved) {
    try (GraphFixture fixture = new GraphFixture()) {
      Placeholder<TFloat64> t =
          fixture.tf.placeholder(TFloat64.class, Placeholder.shape(Shape.scalar()));
      Weights<TFloat64> entries = entries(fixture);
      Weights<TFloat64> weights =
          (name, shape, initializer) -> {
            Operand<TFloat64> value = entries.get(name, shape, initializer);
            return name.equals(moved) ? moved(fixture, value, shape, t) : value;
          };
      Operand<TFloat64> x = input(fixture);
      Operand<TFloat64> output =
          block(fixture, numHeads, weights, moved.equals("x") ? moved(fixture, x, SHAPE, t) : x);
      Operand<TFloat64> mix = fixture.constant(SHAPE, k -> Math.cos(2 * k));
      Operand<TFloat64> loss =
          fixture.tf.reduceSum(fixture.tf.math.mul(output, mix), fixture.tf.array(0, 1, 2));
      Operand<TFloat64> slope =
          fixture.graph.addGradients(loss.asOutput(), new Output<?>[] {t.asOutput()})[0].expect(
              TFloat64.class);
      double step = 1e-5; // error of the difference: step^2 (truncation) + 1e-16 / step (rounding)
      double rise = fixture.run(loss, Map.of(t, step))[0] - fixture.run(loss, Map.of(t, -step))[0];
      assertEquals(rise / (2 * step), fixture.run(slope, Map.of(t, 0.0))[0], 1e-8);
    }
  }

  @Test
  void commutesWithAPermutationOfTokens() {
    try (GraphFixture fixture = new GraphFixture()) {
      Operand<TFloat64> x = input(fixture);
      Operand<TFloat64> order = block(fixture, 2, entries(fixture), x);
      Operand<TFloat64> turned =
          block(fixture, 2, entries(fixture), fixture.tf.reverse(x, fixture.tf.array(1)));
      assertArrayEquals(
          fixture.run(fixture.tf.reverse(order, fixture.tf.array(1))), fixture.run(turned), 1e-13);
    }
  }

  @Test
  void samplesDoNotMeet() {
    try (GraphFixture fixture = new GraphFixture()) {
      Shape one = Shape.of(1, 3, DIM);
      Operand<TFloat64> alone =
          block(
              fixture,
              2,
              entries(fixture),
              fixture.constant(one, k -> 2 * entry("x", k + (int) one.size())));
      int half = GOLDEN.length / 2;
      assertArrayEquals(Arrays.copyOfRange(GOLDEN, half, GOLDEN.length), fixture.run(alone), 1e-12);
    }
  }

  private static Operand<TFloat64> block(
      GraphFixture fixture, int numHeads, Weights<TFloat64> weights, Operand<TFloat64> x) {
    VitConfig config = VitConfig.plain(4, 2, DIM, 1, numHeads, 2, 3);
    return new TransformerBlock<>(config, 0, Kernels.plain(), weights)
        .apply(fixture.tf, x, DropPath.none());
  }

  private static Operand<TFloat64> moved(
      GraphFixture fixture, Operand<TFloat64> value, Shape shape, Operand<TFloat64> t) {
    Operand<TFloat64> direction = fixture.constant(shape, k -> Math.sin(3 * k + 1));
    return fixture.tf.math.add(value, fixture.tf.math.mul(t, direction));
  }

  private static Operand<TFloat64> input(GraphFixture fixture) {
    return fixture.constant(SHAPE, k -> 2 * entry("x", k));
  }

  private static Weights<TFloat64> entries(GraphFixture fixture) {
    return (name, shape, initializer) -> fixture.constant(shape, k -> entry(name, k));
  }

  /** Spread over [-0.5, 0.5) by the golden ratio; the name shifts the phase. */
  private static double entry(String name, int k) {
    int phase = 0;
    for (int i = 0; i < name.length(); i++) {
      phase += name.charAt(i) * (i + 1);
    }
    return ((k + 1) * (Math.sqrt(5) - 1) / 2 + phase * 0.01) % 1 - 0.5;
  }
}
