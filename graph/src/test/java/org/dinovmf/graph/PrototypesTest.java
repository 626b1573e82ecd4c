package org.dinovmf.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntToDoubleFunction;
import org.dinovmf.ops.Kernels;
import org.dinovmf.ops.Nn;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat64;

class PrototypesTest {

  private static final HeadConfig HEAD = new HeadConfig(8, 8, 16, 5);
  private static final int ROWS = 4;
  private static final double TEMPERATURE = 0.1;

  static List<Prototypes> withLength() {
    return List.of(new Prototypes.Free(), new Prototypes.Vmf());
  }

  static List<Prototypes> withoutNormalizer() {
    return List.of(new Prototypes.Unit(), new Prototypes.Free());
  }

  @Test
  void unitVectorsHaveLengthOneWhateverTheDirection() {
    try (Mixture mixture = new Mixture(new Prototypes.Unit(), k -> 3 + k)) {
      assertEquals(Set.of("prototypes/direction"), mixture.weights.keySet());
      double[] vectors = mixture.run(mixture.vectors);
      for (int k = 0; k < HEAD.numPrototypes(); k++) {
        assertEquals(1, length(vectors, k), 1e-14);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("withLength")
  void aTrainedLengthIsTheLengthOfTheVector(Prototypes prototypes) {
    try (Mixture mixture = new Mixture(prototypes, k -> 0.5 + k)) {
      assertEquals(Set.of("prototypes/direction", "prototypes/norm"), mixture.weights.keySet());
      double[] vectors = mixture.run(mixture.vectors);
      for (int k = 0; k < HEAD.numPrototypes(); k++) {
        assertEquals(0.5 + k, length(vectors, k), 1e-13);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("withLength")
  void lengthOneScoresAsUnitVectorsDo(Prototypes prototypes) {
    try (Mixture unit = new Mixture(new Prototypes.Unit(), k -> 1);
        Mixture mixture = new Mixture(prototypes, k -> 1)) {
      assertArrayEquals(unit.run(unit.scores), mixture.run(mixture.scores), 1e-15);
    }
  }

  @ParameterizedTest
  @MethodSource("withoutNormalizer")
  void onlyTheMixtureHasANormalizer(Prototypes prototypes) {
    try (Mixture mixture = new Mixture(prototypes, k -> 2)) {
      assertTrue(mixture.logNormalizer.isEmpty());
    }
  }

  @Test
  void equalLengthsGiveThePosteriorsOfFreePrototypes() {
    try (Mixture free = new Mixture(new Prototypes.Free(), k -> 2);
        Mixture vmf = new Mixture(new Prototypes.Vmf(), k -> 2)) {
      assertArrayEquals(free.run(free.posteriors()), vmf.run(vmf.posteriors()), 1e-13);
    }
  }

  @Test
  void anotherLengthIsChargedItsNormalizer() {
    try (Mixture free = new Mixture(new Prototypes.Free(), k -> k == 0 ? 2 : 1);
        Mixture vmf = new Mixture(new Prototypes.Vmf(), k -> k == 0 ? 2 : 1)) {
      double[] without = free.run(free.posteriors());
      double[] with = vmf.run(vmf.posteriors());
      for (int row = 0; row < ROWS; row++) {
        int first = row * HEAD.numPrototypes();
        assertTrue(with[first] < without[first], "row " + row);
      }
    }
  }

  /** {@code d l_k / d |w_k| = (cos - A_p(kappa)) / t}, A_256(10) from 50-digit Bessel functions. */
  @Test
  void theSlopeOfALogitInItsLengthIsCosineMinusMeanResultantLength() {
    HeadConfig head = new HeadConfig(8, 8, 256, 2);
    double meanResultantLength = 0.0390035344582;
    try (Mixture mixture = new Mixture(new Prototypes.Vmf(), head, k -> 1)) {
      double[] scores = mixture.run(mixture.scores);
      double cosine = scores[0] + scores[2] + scores[4] + scores[6];
      double[] slope = mixture.run(mixture.gradient("prototypes/norm", mixture.firstLogits()));
      assertEquals((cosine - ROWS * meanResultantLength) / TEMPERATURE, slope[0], 1e-3);
      assertEquals(0, slope[1]);
    }
  }

  @ParameterizedTest
  @MethodSource("withLength")
  void aLengthOfZeroIsHarmless(Prototypes prototypes) {
    try (Mixture mixture = new Mixture(prototypes, k -> k == 1 ? 0 : 1)) {
      assertFinite(mixture.run(mixture.posteriors()));
      for (String name : mixture.weights.keySet()) {
        double[] slope = mixture.run(mixture.gradient(name, mixture.firstLogits()));
        assertFinite(slope);
      }
      double[] slope = mixture.run(mixture.gradient("prototypes/norm", mixture.allLogits()));
      assertFalse(slope[1] == 0, "the score still pulls at a length of 0");
    }
  }

  @Test
  void aNegativeLengthTurnsTheDirectionRound() {
    try (Mixture mixture = new Mixture(new Prototypes.Vmf(), k -> 2);
        Mixture turned = new Mixture(new Prototypes.Vmf(), k -> -2)) {
      double[] scores = mixture.run(mixture.scores);
      double[] opposite = Arrays.stream(scores).map(score -> -score).toArray();
      assertArrayEquals(opposite, turned.run(turned.scores));
      assertArrayEquals(
          mixture.run(mixture.logNormalizer.get(0)), turned.run(turned.logNormalizer.get(0)));
    }
  }

  private static void assertFinite(double[] values) {
    assertTrue(Arrays.stream(values).allMatch(Double::isFinite), Arrays.toString(values));
  }

  private static double length(double[] vectors, int k) {
    int dim = HEAD.bottleneckDim();
    return Math.sqrt(
        Arrays.stream(vectors, k * dim, (k + 1) * dim).map(value -> value * value).sum());
  }

  /** One kind of prototypes, with directions that are not of length 1, and embeddings. */
  private static final class Mixture implements AutoCloseable {
    private final GraphFixture fixture = new GraphFixture();
    private final Map<String, Operand<TFloat64>> weights = new LinkedHashMap<>();
    private final Operand<TFloat64> vectors;
    private final Operand<TFloat64> scores;
    private final List<Operand<TFloat64>> logNormalizer;

    Mixture(Prototypes prototypes, IntToDoubleFunction length) {
      this(prototypes, HEAD, length);
    }

    Mixture(Prototypes prototypes, HeadConfig head, IntToDoubleFunction length) {
      vectors =
          prototypes.vectors(
              fixture.tf,
              (name, shape, initializer) ->
                  weights.computeIfAbsent(
                      name,
                      key ->
                          fixture.constant(
                              shape,
                              key.equals("prototypes/norm")
                                  ? length
                                  : k -> 3 * Math.sin(1.7 * k + k * k * 0.01))),
              head);
      Operand<TFloat64> y =
          Nn.l2Normalize(
              fixture.tf,
              fixture.constant(Shape.of(ROWS, head.bottleneckDim()), k -> Math.cos(2.3 * k)));
      scores = Prototypes.scores(fixture.tf, y, vectors);
      logNormalizer =
          prototypes
              .logNormalizer(fixture.tf, Kernels.plain(), vectors, fixture.tf.constant(TEMPERATURE))
              .stream()
              .toList();
    }

    Operand<TFloat64> logits() {
      Operand<TFloat64> scaled = Nn.scale(fixture.tf, scores, 1 / TEMPERATURE);
      return logNormalizer.isEmpty() ? scaled : fixture.tf.math.add(scaled, logNormalizer.get(0));
    }

    Operand<TFloat64> posteriors() {
      return fixture.tf.nn.softmax(logits());
    }

    /** Sum of every row's first logit. */
    Operand<TFloat64> firstLogits() {
      return fixture.tf.reduceSum(
          fixture.tf.slice(logits(), fixture.tf.array(0, 0), fixture.tf.array(-1, 1)),
          fixture.tf.array(0, 1));
    }

    Operand<TFloat64> allLogits() {
      return fixture.tf.reduceSum(logits(), fixture.tf.array(0, 1));
    }

    Operand<TFloat64> gradient(String weight, Operand<TFloat64> of) {
      Output<?>[] inputs = {weights.get(weight).asOutput()};
      return fixture.graph.addGradients(of.asOutput(), inputs)[0].expect(TFloat64.class);
    }

    double[] run(Operand<TFloat64> fetch) {
      return fixture.run(fetch);
    }

    @Override
    public void close() {
      fixture.close();
    }
  }
}
