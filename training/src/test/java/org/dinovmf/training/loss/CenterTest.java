package org.dinovmf.training.loss;

import static org.dinovmf.ops.Tensors.doubles;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.dinovmf.graph.Initializer;
import org.dinovmf.graph.WeightStore;
import org.dinovmf.graph.WeightStore.Variable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TFloating;

class CenterTest {

  private static final int ROWS = 6;
  private static final int PROTOTYPES = 5;
  private static final double TEMPERATURE = 0.05;
  private static final double[][] SCORES = scores();
  private static final double[] LOG_NORMALIZER = {0, -3.1, -0.2, 1.4, -7};

  /**
   * A center of the full logits would remove the normalizer, which is the same for every sample;
   * the mean of the raw scores leaves it in.
   */
  @Test
  void theMeanOfRawScoresLeavesTheNormalizerIn() {
    double[] meanScores = mean(SCORES);
    double[][] centered = new double[ROWS][PROTOTYPES];
    double[][] full = new double[ROWS][PROTOTYPES];
    for (int row = 0; row < ROWS; row++) {
      for (int k = 0; k < PROTOTYPES; k++) {
        centered[row][k] = (SCORES[row][k] - meanScores[k]) / TEMPERATURE;
        full[row][k] = SCORES[row][k] / TEMPERATURE + LOG_NORMALIZER[k];
      }
    }
    double[] meanFull = mean(full);
    double[] withoutNormalizer = new double[ROWS * PROTOTYPES];
    double[] fullCentered = new double[ROWS * PROTOTYPES];
    double[] expected = new double[ROWS * PROTOTYPES];
    for (int row = 0; row < ROWS; row++) {
      double[] minusMeanFull = new double[PROTOTYPES];
      double[] plusNormalizer = new double[PROTOTYPES];
      for (int k = 0; k < PROTOTYPES; k++) {
        minusMeanFull[k] = full[row][k] - meanFull[k];
        plusNormalizer[k] = centered[row][k] + LOG_NORMALIZER[k];
      }
      System.arraycopy(softmax(centered[row]), 0, withoutNormalizer, row * PROTOTYPES, PROTOTYPES);
      System.arraycopy(softmax(minusMeanFull), 0, fullCentered, row * PROTOTYPES, PROTOTYPES);
      System.arraycopy(softmax(plusNormalizer), 0, expected, row * PROTOTYPES, PROTOTYPES);
    }
    assertArrayEquals(withoutNormalizer, fullCentered, 1e-13, "the identity");

    double[] found =
        run(
            tf -> {
              Operand<TFloat64> statistic = statistic(tf, Center.LOGIT);
              return Center.LOGIT.targets(
                  tf, statistic, operand(tf), tf.constant(TEMPERATURE), normalizer(tf));
            });
    assertArrayEquals(expected, found, 1e-13);
    assertTrue(largestDifference(withoutNormalizer, found) > 0.1);
  }

  /** The posterior over its mean, renormalized: q_k is in proportion to P_k / mean P_k. */
  @ParameterizedTest
  @EnumSource(names = {"PROBABILITY", "LOG_PROBABILITY"})
  void aCenterOfPosteriorsDividesByTheMeanPosterior(Center center) {
    double[][] posteriors = posteriors();
    double[] mean = mean(posteriors);
    double[] expected = new double[ROWS * PROTOTYPES];
    for (int row = 0; row < ROWS; row++) {
      double sum = 0;
      for (int k = 0; k < PROTOTYPES; k++) {
        expected[row * PROTOTYPES + k] = posteriors[row][k] / mean[k];
        sum += expected[row * PROTOTYPES + k];
      }
      for (int k = 0; k < PROTOTYPES; k++) {
        expected[row * PROTOTYPES + k] /= sum;
      }
    }
    double[] found =
        run(
            tf -> {
              Operand<TFloat64> state =
                  center.next(tf, start(tf, center), statistic(tf, center), 0);
              return center.targets(
                  tf, state, operand(tf), tf.constant(TEMPERATURE), normalizer(tf));
            });
    assertArrayEquals(expected, found, 1e-12);
  }

  @ParameterizedTest
  @EnumSource
  void theFirstStepIsNotCentered(Center center) {
    double[] expected = Arrays.stream(posteriors()).flatMapToDouble(Arrays::stream).toArray();
    double[] found =
        run(
            tf ->
                center.targets(
                    tf, start(tf, center), operand(tf), tf.constant(TEMPERATURE), normalizer(tf)));
    assertArrayEquals(expected, found, 1e-14);
  }

  @ParameterizedTest
  @CsvSource({"LOGIT, 0.9", "PROBABILITY, 0.9", "LOG_PROBABILITY, 0.9", "PROBABILITY, 1"})
  void momentumIsTheShareOfTheOldCenter(Center center, double momentum) {
    double[] before = {0.1, 0.3, 0.2, 0.15, 0.25};
    double[] mean = center == Center.LOGIT ? mean(SCORES) : mean(posteriors());
    double[] expected = new double[PROTOTYPES];
    for (int k = 0; k < PROTOTYPES; k++) {
      double fresh = center == Center.LOG_PROBABILITY ? Math.log(mean[k]) : mean[k];
      expected[k] = momentum * before[k] + (1 - momentum) * fresh;
    }
    double[] found =
        run(
            tf ->
                center.next(
                    tf, tf.constant(new double[][] {before}), statistic(tf, center), momentum));
    assertArrayEquals(expected, found, 1e-14);
  }

  @Test
  void aCenterOfPosteriorsStaysADistribution() {
    double[] found =
        run(
            tf -> {
              Operand<TFloat64> state = start(tf, Center.PROBABILITY);
              for (int i = 0; i < 20; i++) {
                state = Center.PROBABILITY.next(tf, state, statistic(tf, Center.PROBABILITY), 0.9);
              }
              return state;
            });
    assertEquals(1, Arrays.stream(found).sum(), 1e-14);
    assertTrue(Arrays.stream(found).allMatch(share -> share > 0));
  }

  /**
   * A prototype that nothing is near keeps a share of 0.9^n / K, which is below the smallest float
   * after some 800 steps.
   */
  @ParameterizedTest
  @EnumSource
  void anUnusedPrototypeLeavesTheTargetsFinite(Center center) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      WeightStore<TFloat32> store = new WeightStore<>(tf, TFloat32.class, 0);
      Variable<TFloat32> state =
          store.variable("method", "center", Shape.of(1, PROTOTYPES), center.start());
      float[][] far = new float[ROWS][PROTOTYPES];
      for (int row = 0; row < ROWS; row++) {
        for (int k = 0; k < PROTOTYPES; k++) {
          far[row][k] = k == 2 ? -20 : (float) SCORES[row][k];
        }
      }
      Operand<TFloat32> scores = tf.constant(far);
      Operand<TFloat32> temperature = tf.constant((float) TEMPERATURE);
      Operand<TFloat32> statistic = center.statistic(tf, scores, temperature, Optional.empty());
      Op update =
          tf.assignVariableOp(state.handle(), center.next(tf, state.value(), statistic, 0.9));
      Operand<TFloat32> targets =
          center.targets(tf, state.value(), scores, temperature, Optional.empty());
      Operand<TFloat32> entropy = Center.entropy(tf, targets);
      try (Session session = new Session(graph)) {
        session.runner().addTarget(store.initialize().op()).run().close();
        for (int i = 0; i < 2000; i++) {
          session.runner().addTarget(update.op()).run().close();
        }
        double[] found = values(session, targets);
        assertTrue(Arrays.stream(found).allMatch(Double::isFinite), Arrays.toString(found));
        for (int row = 0; row < ROWS; row++) {
          double sum = Arrays.stream(found, row * PROTOTYPES, (row + 1) * PROTOTYPES).sum();
          assertEquals(1, sum, 1e-6);
        }
        assertTrue(Arrays.stream(values(session, entropy)).allMatch(Double::isFinite));
        assertTrue(Arrays.stream(values(session, state.value())).allMatch(Double::isFinite));
      }
    }
  }

  @Test
  void entropyIsInNats() {
    double[] found =
        run(
            tf ->
                Center.entropy(
                    tf,
                    tf.constant(
                        new double[][] {
                          {0.25, 0.25, 0.25, 0.25}, {1, 0, 0, 0}, {0.5, 0, 0, 0.5}
                        })));
    assertArrayEquals(new double[] {Math.log(4), 0, Math.log(2)}, found, 1e-15);
  }

  private static Operand<TFloat64> operand(Ops tf) {
    return tf.constant(SCORES);
  }

  private static Optional<Operand<TFloat64>> normalizer(Ops tf) {
    return Optional.of(tf.constant(LOG_NORMALIZER));
  }

  private static Operand<TFloat64> statistic(Ops tf, Center center) {
    return center.statistic(tf, operand(tf), tf.constant(TEMPERATURE), normalizer(tf));
  }

  private static Operand<TFloat64> start(Ops tf, Center center) {
    double share = center.start().equals(Initializer.EVEN) ? 1.0 / PROTOTYPES : 0;
    double[] row = new double[PROTOTYPES];
    Arrays.fill(row, share);
    return tf.constant(new double[][] {row});
  }

  private static double[] run(Function<Ops, Operand<TFloat64>> build) {
    try (Graph graph = new Graph()) {
      Operand<TFloat64> fetch = build.apply(Ops.create(graph));
      try (Session session = new Session(graph)) {
        return values(session, fetch);
      }
    }
  }

  private static double[] values(Session session, Operand<? extends TFloating> fetch) {
    try (Result result = session.runner().fetch(fetch).run()) {
      return doubles(result.get(0));
    }
  }

  private static double[][] posteriors() {
    double[][] posteriors = new double[ROWS][];
    for (int row = 0; row < ROWS; row++) {
      double[] logits = new double[PROTOTYPES];
      for (int k = 0; k < PROTOTYPES; k++) {
        logits[k] = SCORES[row][k] / TEMPERATURE + LOG_NORMALIZER[k];
      }
      posteriors[row] = softmax(logits);
    }
    return posteriors;
  }

  private static double[][] scores() {
    double[][] scores = new double[ROWS][PROTOTYPES];
    for (int row = 0; row < ROWS; row++) {
      for (int k = 0; k < PROTOTYPES; k++) {
        scores[row][k] = 0.2 * Math.sin(3.7 * (row * PROTOTYPES + k) + 0.1 * k);
      }
    }
    return scores;
  }

  private static double[] mean(double[][] rows) {
    return IntStream.range(0, PROTOTYPES)
        .mapToDouble(k -> Arrays.stream(rows).mapToDouble(row -> row[k]).average().orElseThrow())
        .toArray();
  }

  private static double[] softmax(double[] logits) {
    double largest = Arrays.stream(logits).max().orElseThrow();
    double[] weights = Arrays.stream(logits).map(logit -> Math.exp(logit - largest)).toArray();
    double sum = Arrays.stream(weights).sum();
    return Arrays.stream(weights).map(weight -> weight / sum).toArray();
  }

  private static double largestDifference(double[] first, double[] second) {
    return IntStream.range(0, first.length)
        .mapToDouble(i -> Math.abs(first[i] - second[i]))
        .max()
        .orElseThrow();
  }
}
