package org.dinovmf.training.eval.linear;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.dinovmf.training.Devices;
import org.dinovmf.training.eval.LabeledFeatures;
import org.junit.jupiter.api.Test;

final class LinearProbeTest {

  private static final List<String> NAMES = List.of("a", "b", "c");
  private static final int DIM = 5;
  private static final long SEED = 11;

  /** One batch an epoch, so that the order of images is of no effect. */
  @Test
  void matchesPlainDescentInDoublePrecision() {
    LabeledFeatures train = blobs(60, 1);
    LabeledFeatures test = blobs(90, 2);
    ProbeConfig config = new ProbeConfig(List.of(1e-3, 0.5, 4.0), 20, 128, 0.9, SEED);
    ProbeResult result = run(train, test, config);
    int best = result.heads().indexOf(result.bestHead());
    for (int h = 0; h < 3; h++) {
      PlainHead plain =
          new PlainHead(Collections.nCopies(20, train), config, config.rates().get(h));
      ProbeResult.Head head = result.heads().get(h);
      assertEquals(config.rates().get(h), head.rate());
      // float32 against float64 over 20 steps
      assertEquals(plain.loss, head.loss(), 2e-5, "rate " + head.rate());
      int right = 0;
      for (int i = 0; i < test.size(); i++) {
        right += plain.classify(test.features().get(i)) == test.labels().get(i) ? 1 : 0;
      }
      assertEquals(100.0 * right / test.size(), head.top1(), 1e-9);
      assertEquals(100, head.top5(), "three classes are among the first five");
      if (h == best) {
        for (int c = 0; c < NAMES.size(); c++) {
          assertEquals(plain.bias[c], result.best().bias()[c], 1e-4);
          for (int d = 0; d < DIM; d++) {
            assertEquals(plain.weights[d][c], result.best().weights()[c][d], 1e-4);
          }
        }
      }
    }
  }

  /** Of 60 images 16, 16, 16 and 12 a step, and others in every epoch. */
  @Test
  void takesTheFeaturesOfEachEpochBatchByBatch() {
    ProbeConfig config = new ProbeConfig(List.of(0.5), 5, 16, 0.9, SEED);
    List<LabeledFeatures> epochs = new ArrayList<>();
    for (int epoch = 0; epoch < config.epochs(); epoch++) {
      epochs.add(blobs(60, 100 + epoch));
    }
    ProbeResult result =
        LinearProbe.run(
            epochs::get, blobs(90, 2), NAMES, "cls", config, Devices.session(1, false), done -> {});
    PlainHead plain = new PlainHead(epochs, config, 0.5);
    assertEquals(plain.loss, result.bestHead().loss(), 2e-5); // as above
    for (int c = 0; c < NAMES.size(); c++) {
      assertEquals(plain.bias[c], result.best().bias()[c], 1e-4);
      for (int d = 0; d < DIM; d++) {
        assertEquals(plain.weights[d][c], result.best().weights()[c][d], 1e-4);
      }
    }
    assertEquals(60, result.trained());
    assertEquals(90, result.tested());
  }

  @Test
  void rejectsAnEpochOfOtherSize() {
    ProbeConfig config = new ProbeConfig(List.of(0.5), 2, 16, 0.9, SEED);
    assertEquals(
        "epoch 1 must have 60 rows of the 5 values that test features have, but has 61 of 5",
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    LinearProbe.run(
                        epoch -> blobs(60 + epoch, 1),
                        blobs(3, 2),
                        NAMES,
                        "cls",
                        config,
                        Devices.session(1, false),
                        done -> {}))
            .getMessage());
  }

  @Test
  void keptHeadClassifiesAsItsAccuracySays() {
    LabeledFeatures test = blobs(75, 2);
    ProbeConfig config = new ProbeConfig(List.of(1e-4, 0.3), 8, 16, 0.9, SEED);
    ProbeResult result = run(blobs(70, 1), test, config);
    int right = 0;
    for (int i = 0; i < test.size(); i++) {
      float[] logits = result.best().logits(test.features().get(i));
      int best = 0;
      for (int c = 1; c < logits.length; c++) {
        best = logits[c] > logits[best] ? c : best;
      }
      right += best == test.labels().get(i) ? 1 : 0;
    }
    assertEquals(100.0 * right / test.size(), result.bestHead().top1(), 1e-9);
    assertTrue(result.bestHead().top1() > 90, result.toString());
    assertEquals(NAMES, result.best().classes());
    assertEquals("cls", result.best().features());
  }

  @Test
  void givesTheSameBitsForTheSameSeed() {
    ProbeConfig config = new ProbeConfig(List.of(0.1), 3, 16, 0.9, SEED);
    ProbeResult first = run(blobs(70, 1), blobs(40, 2), config);
    ProbeResult again = run(blobs(70, 1), blobs(40, 2), config);
    assertEquals(first.heads(), again.heads());
  }

  @Test
  void countsAHeadThatIsNotFiniteAsWrong() {
    List<float[]> huge = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      huge.add(new float[] {1e30f * (i - 2), 1e30f});
      labels.add(i % 2);
    }
    LabeledFeatures data = new LabeledFeatures(huge, labels);
    ProbeConfig config = new ProbeConfig(List.of(9.0), 5, 2, 0.9, SEED);
    ProbeResult result =
        LinearProbe.run(
            data, data, List.of("a", "b"), "cls", config, Devices.session(1, false), done -> {});
    assertEquals(0, result.heads().get(0).top1());
  }

  @Test
  void publishedSweepHasFortyFiveRates() {
    ProbeConfig config = ProbeConfig.published(ProbeConfig.EPOCHS, 0);
    assertEquals(45, config.rates().size());
    assertEquals(1e-4, config.rates().get(0));
    assertEquals(9.0, config.rates().get(44));
    assertEquals(1, config.rateFactor(0));
    assertEquals(0.5, config.rateFactor(50), 1e-15);
  }

  @Test
  void rejectsALabelWithoutAName() {
    ProbeConfig config = ProbeConfig.published(1, 0);
    LabeledFeatures data = new LabeledFeatures(List.of(new float[1]), List.of(3));
    assertEquals(
        "labels must be in [0, 3), but one is 3",
        assertThrows(IllegalArgumentException.class, () -> run(data, data, config)).getMessage());
  }

  private static ProbeResult run(LabeledFeatures train, LabeledFeatures test, ProbeConfig config) {
    return LinearProbe.run(
        train, test, NAMES, "cls", config, Devices.session(1, false), done -> {});
  }

  /** Three normal clouds. */
  private static LabeledFeatures blobs(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<float[]> rows = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      float[] row = new float[DIM];
      for (int d = 0; d < DIM; d++) {
        row[d] = (float) (random.nextGaussian() + (d == i % 3 ? 3 : 0));
      }
      rows.add(row);
      labels.add(i % 3);
    }
    return new LabeledFeatures(rows, labels);
  }

  /** The definition, one head. */
  private static final class PlainHead {
    private final double[][] weights = new double[DIM][NAMES.size()];
    private final double[] bias = new double[NAMES.size()];
    private double loss;

    PlainHead(List<LabeledFeatures> epochs, ProbeConfig config, double base) {
      SplittableRandom random = new SplittableRandom(config.seed());
      SplittableRandom start = random.split();
      SplittableRandom orders = random.split();
      for (double[] row : weights) {
        for (int c = 0; c < row.length; c++) {
          row[c] = 0.01 * start.nextGaussian();
        }
      }
      double[][] velocity = new double[DIM][NAMES.size()];
      double[] biasVelocity = new double[NAMES.size()];
      int[] order = ProbeBatch.inOrder(epochs.get(0).size());
      for (int step = 0; step < config.epochs() * stepsOf(order, config); step++) {
        int epoch = step / stepsOf(order, config);
        int from = step % stepsOf(order, config) * config.batchSize();
        int to = Math.min(order.length, from + config.batchSize());
        if (from == 0) {
          ProbeBatch.shuffle(order, orders);
          loss = 0;
        }
        LabeledFeatures data = epochs.get(epoch);
        double rate =
            base * config.batchSize() / 256 * (1 + Math.cos(Math.PI * epoch / config.epochs())) / 2;
        double[][] gradient = new double[DIM][NAMES.size()];
        double[] biasGradient = new double[NAMES.size()];
        for (int i : Arrays.copyOfRange(order, from, to)) {
          double[] logits = logits(data.features().get(i));
          double sum = 0;
          for (double logit : logits) {
            sum += Math.exp(logit);
          }
          int label = data.labels().get(i);
          loss += (Math.log(sum) - logits[label]) / data.size();
          for (int c = 0; c < logits.length; c++) {
            double residual = (Math.exp(logits[c]) / sum - (c == label ? 1 : 0)) / (to - from);
            biasGradient[c] += residual;
            for (int d = 0; d < DIM; d++) {
              gradient[d][c] += residual * data.features().get(i)[d];
            }
          }
        }
        for (int c = 0; c < bias.length; c++) {
          biasVelocity[c] = 0.9 * biasVelocity[c] + biasGradient[c];
          bias[c] -= rate * biasVelocity[c];
          for (int d = 0; d < DIM; d++) {
            velocity[d][c] = 0.9 * velocity[d][c] + gradient[d][c];
            weights[d][c] -= rate * velocity[d][c];
          }
        }
      }
    }

    private static int stepsOf(int[] order, ProbeConfig config) {
      return (order.length + config.batchSize() - 1) / config.batchSize();
    }

    double[] logits(float[] row) {
      double[] logits = bias.clone();
      for (int c = 0; c < logits.length; c++) {
        for (int d = 0; d < DIM; d++) {
          logits[c] += row[d] * weights[d][c];
        }
      }
      return logits;
    }

    int classify(float[] row) {
      double[] logits = logits(row);
      int best = 0;
      for (int c = 1; c < logits.length; c++) {
        best = logits[c] > logits[best] ? c : best;
      }
      return best;
    }
  }
}
