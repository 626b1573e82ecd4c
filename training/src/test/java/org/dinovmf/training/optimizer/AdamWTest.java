package org.dinovmf.training.optimizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.dinovmf.graph.WeightStore.Variable;
import org.dinovmf.training.UpdateFixture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat64;

class AdamWTest {

  private static final Shape SHAPE = Shape.of(2, 3);
  private static final double[] START = {0.3, -0.2, 0.5, 1.5, -2.5, 0};

  /** Whatever the size of the gradient: the moments' ratio is its sign. */
  @ParameterizedTest
  @ValueSource(doubles = {1e-3, 1, 1e3})
  void theFirstStepHasTheLengthOfTheRate(double size) {
    try (Optimizer optimizer = new Optimizer(AdamWConfig.dino(), "fc1/weight", SHAPE)) {
      optimizer.step(0.01, 0, 1, size, -size, size, size, -size, -size);
      double[] moved = optimizer.moved();
      double[] expected = {-0.01, 0.01, -0.01, -0.01, 0.01, 0.01};
      assertArrayEquals(expected, moved, 0.01 * 1e-8 / 1e-3 + 1e-15);
    }
  }

  /** A weight without a gradient only decays, by the rate times the decay. */
  @Test
  void decayIsDecoupledFromTheGradient() {
    try (Optimizer optimizer = new Optimizer(AdamWConfig.dino(), "fc1/weight", SHAPE)) {
      optimizer.step(0.01, 0.4, 1, 0, 0, 0, 0, 0, 0);
      double[] expected = new double[START.length];
      for (int i = 0; i < expected.length; i++) {
        expected[i] = START[i] * (1 - 0.01 * 0.4);
      }
      assertArrayEquals(expected, optimizer.weight(), 1e-15);
    }
  }

  @ParameterizedTest
  @CsvSource({"fc1/bias, 2, 3", "norm1/weight, 6, 0", "norm1/bias, 6, 0"})
  void biasesAndVectorsDoNotDecay(String name, long first, long second) {
    Shape shape = second == 0 ? Shape.of(first) : Shape.of(first, second);
    try (Optimizer optimizer = new Optimizer(AdamWConfig.dino(), name, shape)) {
      optimizer.step(0.01, 0.4, 1, 0, 0, 0, 0, 0, 0);
      assertArrayEquals(START, optimizer.weight());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "backbone/cls_token, true, 1, 1, 8",
    "backbone/pos_embed, true, 1, 5, 8",
    "head/prototypes/direction, true, 10, 8, 0",
    "head/prototypes/norm, true, 10, 1, 0",
    "head/mlp/0/bias, false, 10, 0, 0",
    "backbone/norm/weight, false, 8, 0, 0"
  })
  void whatDecaysFollowsThePublishedGroups(
      String name, boolean decays, long first, long second, long third) {
    long[] sizes = LongStream.of(first, second, third).filter(size -> size > 0).toArray();
    try (UpdateFixture fixture = new UpdateFixture()) {
      assertEquals(decays, AdamW.decays(fixture.student(name, Shape.of(sizes))));
    }
  }

  /** Ten steps of PyTorch's rule, written out, with clipping, rate and decay of their own. */
  @ParameterizedTest
  @CsvSource({"0.9, 0.999, 0.3", "0.9, 0.999, 0", "0.8, 0.95, 3", "0, 0, 0.5"})
  void tenStepsMatchTheRuleWrittenOut(double beta1, double beta2, double clip) {
    AdamWConfig config = new AdamWConfig(beta1, beta2, 1e-8, clip);
    double[] expected = START.clone();
    double[] first = new double[START.length];
    double[] second = new double[START.length];
    try (Optimizer optimizer = new Optimizer(config, "fc1/weight", SHAPE)) {
      for (int step = 1; step <= 10; step++) {
        double rate = 1e-3 * step;
        double decay = 0.4 / step;
        double[] gradient = gradient(step);
        double norm = norm(gradient);
        for (int i = 0; i < expected.length; i++) {
          double g = clip == 0 ? gradient[i] : gradient[i] * Math.min(1, clip / (norm + 1e-6));
          expected[i] -= rate * decay * expected[i];
          first[i] = beta1 * first[i] + (1 - beta1) * g;
          second[i] = beta2 * second[i] + (1 - beta2) * g * g;
          double mean = first[i] / (1 - Math.pow(beta1, step));
          double square = second[i] / (1 - Math.pow(beta2, step));
          expected[i] -= rate * mean / (Math.sqrt(square) + 1e-8);
        }
        optimizer.step(rate, decay, step, gradient);
        assertArrayEquals(expected, optimizer.weight(), 1e-13, "step " + step);
        assertArrayEquals(first, optimizer.moment(AdamW.FIRST_MOMENT), 1e-14, "step " + step);
        assertArrayEquals(second, optimizer.moment(AdamW.SECOND_MOMENT), 1e-14, "step " + step);
      }
    }
  }

  /** Epsilon is added to the corrected root, as in the paper, so that it counts from the start. */
  @Test
  void epsilonMeansWhatItDoesInThePaper() {
    AdamWConfig config = new AdamWConfig(0.9, 0.999, 0.5, 0);
    try (Optimizer optimizer = new Optimizer(config, "fc1/weight", SHAPE)) {
      optimizer.step(0.01, 0, 1, 1, 1, 1, 1, 1, 1);
      for (double moved : optimizer.moved()) {
        assertEquals(-0.01 / (1 + 0.5), moved, 1e-15);
      }
    }
  }

  @Test
  void scalarsCorrectTheBiasOfTheGivenUpdate() {
    AdamWConfig config = new AdamWConfig(0.9, 0.999, 1e-8, 3);
    double root = Math.sqrt(1 - 0.999 * 0.999);
    assertArrayEquals(
        new double[] {0.002 * 0.04, 0.002 * root / (1 - 0.81), 1e-8 * root},
        AdamW.scalars(config, 0.002, 0.04, 2),
        1e-18);
    assertArrayEquals(
        new double[] {0.002 * 0.04, 0.002, 1e-8},
        AdamW.scalars(config, 0.002, 0.04, 1L << 40),
        1e-18);
  }

  @Test
  void aLimitAboveTheNormChangesNothing() {
    double[] gradient = gradient(1);
    assertArrayEquals(gradient, clipped(1e9, gradient));
    assertArrayEquals(gradient, clipped(0, gradient));
  }

  @Test
  void clippingBringsTheNormToTheLimit() {
    double[] gradient = gradient(1);
    double[] clipped = clipped(0.25, gradient);
    assertEquals(0.25, norm(clipped), 1e-6);
    double factor = clipped[0] / gradient[0];
    for (int i = 0; i < gradient.length; i++) {
      assertEquals(factor * gradient[i], clipped[i], 1e-15, "the direction stays");
    }
  }

  /** The second clipping finds a norm just below the limit: the guard is added to the norm. */
  @Test
  void clippingTwiceIsClippingOnce() {
    double[] once = clipped(0.25, gradient(1));
    assertArrayEquals(once, clipped(0.25, once), 1e-6);
  }

  @Test
  void aGradientOfZeroStaysZero() {
    assertArrayEquals(new double[6], clipped(0.25, new double[6]));
  }

  @Test
  void namesTheConstantsThatAreOutOfRange() {
    var e = assertThrows(IllegalArgumentException.class, () -> new AdamWConfig(0.9, 1, 1e-8, 3));
    assertEquals(
        "betas must be in [0, 1), epsilon positive and the clip norm not negative: beta1=0.9, beta2=1.0, epsilon=1.0E-8, clipNorm=3.0",
        e.getMessage());
    assertThrows(IllegalArgumentException.class, () -> new AdamWConfig(-0.1, 0.9, 1e-8, 3));
    assertThrows(IllegalArgumentException.class, () -> new AdamWConfig(0.9, 0.9, 0, 3));
    assertThrows(IllegalArgumentException.class, () -> new AdamWConfig(0.9, 0.9, 1e-8, -1));
    assertThrows(IllegalArgumentException.class, () -> new AdamWConfig(0.9, 0.9, 1e-8, Double.NaN));
  }

  private static double[] clipped(double limit, double[] gradient) {
    try (UpdateFixture fixture = new UpdateFixture()) {
      AdamW<TFloat64> adamW =
          new AdamW<>(new AdamWConfig(0.9, 0.999, 1e-8, limit), fixture.store());
      Operand<TFloat64> values = fixture.tf().constant(gradient);
      Operand<TFloat64> norm = fixture.tf().constant(norm(gradient));
      return fixture.values(adamW.clip(fixture.tf(), values, norm), Map.of());
    }
  }

  private static double[] gradient(int step) {
    return IntStream.range(0, START.length)
        .mapToDouble(i -> Math.sin(2.1 * i + step) * (i == 3 ? 1e-4 : 1))
        .toArray();
  }

  private static double norm(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value * value;
    }
    return Math.sqrt(sum);
  }

  /** One weight, starting at {@link #START}, and the op that updates it. */
  private static final class Optimizer implements AutoCloseable {
    private final UpdateFixture fixture = new UpdateFixture();
    private final AdamWConfig config;
    private final Variable<TFloat64> weight;
    private final Placeholder<TFloat64> gradient;
    private final List<Placeholder<TFloat64>> scalars = new ArrayList<>();
    private final Op update;

    Optimizer(AdamWConfig config, String name, Shape shape) {
      this.config = config;
      weight = fixture.student(name, shape);
      gradient = fixture.placeholder(shape);
      List<Operand<TFloat64>> fed = new ArrayList<>();
      for (int i = 0; i < AdamW.NUM_SCALARS; i++) {
        scalars.add(fixture.placeholder(Shape.scalar()));
        fed.add(scalars.get(i));
      }
      AdamW<TFloat64> adamW = new AdamW<>(config, fixture.store());
      Ops tf = fixture.tf();
      Operand<TFloat64> flat = tf.reshape(gradient, tf.array(-1));
      Operand<TFloat64> norm = tf.math.sqrt(tf.reduceSum(tf.math.square(flat), tf.array(0)));
      update = adamW.update(tf, weight, fed, adamW.clip(tf, gradient, norm));
      fixture.initialize();
      fixture.assign(weight, START);
    }

    void step(double rate, double decay, long updates, double... gradients) {
      double[] values = AdamW.scalars(config, rate, decay, updates);
      Map<Placeholder<TFloat64>, double[]> feeds = new LinkedHashMap<>();
      feeds.put(gradient, gradients);
      for (int i = 0; i < values.length; i++) {
        feeds.put(scalars.get(i), new double[] {values[i]});
      }
      fixture.run(update, feeds);
    }

    double[] weight() {
      return fixture.values(weight);
    }

    double[] moment(String prefix) {
      return fixture.values(fixture.store().variable(prefix + "/" + weight.name()));
    }

    double[] moved() {
      double[] moved = weight();
      for (int i = 0; i < moved.length; i++) {
        moved[i] -= START[i];
      }
      return moved;
    }

    @Override
    public void close() {
      fixture.close();
    }
  }
}
