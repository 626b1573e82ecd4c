package org.dinovmf.training.loss;

import static org.dinovmf.ops.Tensors.doubles;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import org.dinovmf.ops.Kernels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;

class ClsLossTest {

  private static final int PROTOTYPES = 4;
  private static final double STUDENT_TEMP = 0.1;

  /** Prototypes whose scores are the coordinates. */
  private static final double[][] UNIT = {{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}};

  /** One pair of crops and one image at a time. */
  @ParameterizedTest(name = "{0} crops of {1} images, normalizer: {2}")
  @CsvSource({"2, 1, false", "2, 3, true", "4, 3, false", "7, 2, true"})
  void isTheMeanOverPairsOfDifferentCrops(int crops, int batch, boolean hasNormalizer) {
    double[][] targets = distributions(2 * batch);
    double[][] scores = table(crops * batch, i -> 0.3 * Math.sin(1.9 * i + 0.4));
    double[] normalizer = {0, -0.4, -2, 0.3};
    double expected = 0;
    int pairs = 0;
    for (int global = 0; global < 2; global++) {
      for (int crop = 0; crop < crops; crop++) {
        if (crop == global) {
          continue;
        }
        pairs++;
        for (int image = 0; image < batch; image++) {
          double[] score = scores[crop * batch + image];
          double sum = 0;
          for (int k = 0; k < PROTOTYPES; k++) {
            sum += Math.exp(score[k] / STUDENT_TEMP + (hasNormalizer ? normalizer[k] : 0));
          }
          for (int k = 0; k < PROTOTYPES; k++) {
            double logit = score[k] / STUDENT_TEMP + (hasNormalizer ? normalizer[k] : 0);
            expected -= targets[global * batch + image][k] * (logit - Math.log(sum)) / batch;
          }
        }
      }
    }
    for (int blockSize : new int[] {PROTOTYPES, 3, 1}) {
      assertEquals(
          expected / pairs,
          loss(
              targets,
              scores,
              batch,
              hasNormalizer ? Optional.of(normalizer) : Optional.empty(),
              blockSize),
          1e-13);
    }
  }

  @Test
  void equalScoresCostTheLogarithmOfTheNumberOfPrototypes() {
    double loss = loss(distributions(6), table(15, i -> 0.7), 3, Optional.empty(), PROTOTYPES);
    assertEquals(Math.log(PROTOTYPES), loss, 1e-14);
  }

  private static double loss(
      double[][] targets,
      double[][] scores,
      int batch,
      Optional<double[]> normalizer,
      int blockSize) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Optional<Operand<TFloat64>> logNormalizer = normalizer.map(tf::constant);
      Operand<TFloat64> loss =
          ClsLoss.of(
              tf,
              tf.constant(targets),
              new TemperedMixture<>(
                  Kernels.plain(), tf.constant(UNIT), tf.constant(STUDENT_TEMP), logNormalizer),
              tf.constant(scores),
              batch,
              blockSize);
      try (Session session = new Session(graph);
          Result result = session.runner().fetch(loss).run()) {
        return doubles(result.get(0))[0];
      }
    }
  }

  private static double[][] distributions(int rows) {
    double[][] table = table(rows, i -> Math.exp(Math.cos(2.3 * i)));
    for (double[] row : table) {
      double sum = row[0] + row[1] + row[2] + row[3];
      for (int k = 0; k < PROTOTYPES; k++) {
        row[k] /= sum;
      }
    }
    return table;
  }

  private static double[][] table(int rows, DoubleUnaryOperator value) {
    double[][] table = new double[rows][PROTOTYPES];
    for (int i = 0; i < rows * PROTOTYPES; i++) {
      table[i / PROTOTYPES][i % PROTOTYPES] = value.applyAsDouble(i);
    }
    return table;
  }
}
