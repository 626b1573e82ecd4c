package org.dinovmf.training.eval.linear;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import org.dinovmf.training.eval.LabeledFeatures;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Linear evaluation on frozen features, for many learning rates at once; Caron et al. 2021 and Zhou
 * et al. 2022, sections 4.1. Cross-entropy, SGD with momentum, no decay, the rate on a cosine that
 * falls from epoch to epoch.
 *
 * <p>All heads start from the same weights and see the same images in the same order. Differs from
 * the published code in that the accuracy is that after the last epoch, not the best of all epochs;
 * features that do not change from epoch to epoch are those of images without augmentation.
 */
public final class LinearProbe implements AutoCloseable {

  /** Published deviation of the start. */
  private static final double START_DEVIATION = 0.01;

  private static final int TOP = 5;

  private final ProbeConfig config;
  private final int dim;
  private final int classes;
  private final Graph graph;
  private final ProbeGraph probe;
  private final Session session;
  private int trained;

  private LinearProbe(ProbeConfig config, int dim, int classes, ConfigProto settings) {
    this.config = config;
    this.dim = dim;
    this.classes = classes;
    this.graph = new Graph();
    this.probe = new ProbeGraph(Ops.create(graph), config, dim, classes);
    this.session = new Session(graph, settings);
  }

  /**
   * {@link #run(IntFunction, LabeledFeatures, List, String, ProbeConfig, ConfigProto, IntConsumer)}
   * with the same features in every epoch.
   */
  public static ProbeResult run(
      LabeledFeatures train,
      LabeledFeatures test,
      List<String> classNames,
      String featureName,
      ProbeConfig config,
      ConfigProto settings,
      IntConsumer progress) {
    return run(epoch -> train, test, classNames, featureName, config, settings, progress);
  }

  /**
   * Trains a head for each rate and tests all.
   *
   * @param train features of an epoch, asked for once and in order; equally many in each
   * @param classNames labels of both sides are in [0, number of names)
   * @param featureName kind of the features, for the head that is kept
   * @param settings of the session
   * @param progress told after each epoch how many are done
   */
  public static ProbeResult run(
      IntFunction<LabeledFeatures> train,
      LabeledFeatures test,
      List<String> classNames,
      String featureName,
      ProbeConfig config,
      ConfigProto settings,
      IntConsumer progress) {
    requireLabels(test, classNames.size());
    try (LinearProbe probe = new LinearProbe(config, test.dim(), classNames.size(), settings)) {
      double[] losses = probe.train(train, progress);
      List<ProbeResult.Head> heads = probe.test(test, losses);
      return new ProbeResult(
          probe.trained,
          test.size(),
          heads,
          probe.head(ProbeResult.bestPlace(heads), classNames, featureName));
    }
  }

  private static void requireLabels(LabeledFeatures features, int classes) {
    for (int label : features.labels()) {
      if (label >= classes) {
        throw new IllegalArgumentException(
            "labels must be in [0, %d), but one is %d".formatted(classes, label));
      }
    }
  }

  /** Mean loss of each head in the last epoch. */
  private double[] train(IntFunction<LabeledFeatures> epochs, IntConsumer progress) {
    SplittableRandom random = new SplittableRandom(config.seed());
    initialize(random.split());
    SplittableRandom orders = random.split();
    int[] order = {};
    double[] losses = new double[config.rates().size()];
    for (int epoch = 0; epoch < config.epochs(); epoch++) {
      LabeledFeatures features = epochs.apply(epoch);
      requireLabels(features, classes);
      if (epoch == 0) {
        trained = features.size();
        order = ProbeBatch.inOrder(trained);
      }
      if (features.dim() != dim || features.size() != trained) {
        throw new IllegalArgumentException(
            "epoch %d must have %d rows of the %d values that test features have, but has %d of %d"
                .formatted(epoch, trained, dim, features.size(), features.dim()));
      }
      ProbeBatch.shuffle(order, orders);
      losses = new double[losses.length];
      try (TFloat32 factor = TFloat32.scalarOf((float) config.rateFactor(epoch))) {
        for (int from = 0; from < order.length; from += config.batchSize()) {
          int to = Math.min(order.length, from + config.batchSize());
          float[] loss = step(features, order, from, to, factor);
          for (int h = 0; h < losses.length; h++) {
            losses[h] += (double) loss[h] * (to - from) / order.length;
          }
        }
      }
      progress.accept(epoch + 1);
    }
    return losses;
  }

  private void initialize(SplittableRandom random) {
    float[] start = new float[dim * classes];
    for (int i = 0; i < start.length; i++) {
      start[i] = (float) (START_DEVIATION * random.nextGaussian());
    }
    try (TFloat32 fed =
        TFloat32.tensorOf(Shape.of(dim, classes), DataBuffers.of(start, true, false))) {
      session.runner().feed(probe.start(), fed).addTarget(probe.initialize().op()).run().close();
    }
  }

  private float[] step(LabeledFeatures data, int[] order, int from, int to, TFloat32 factor) {
    try (TFloat32 features = ProbeBatch.features(data, order, from, to);
        TInt32 labels = ProbeBatch.labels(data, order, from, to);
        Result result =
            session
                .runner()
                .feed(probe.features(), features)
                .feed(probe.labels(), labels)
                .feed(probe.factor(), factor)
                .addTarget(probe.step().op())
                .fetch(probe.loss())
                .run()) {
      return floats((TFloat32) result.get(0));
    }
  }

  private List<ProbeResult.Head> test(LabeledFeatures data, double[] losses) {
    int heads = config.rates().size();
    int[] first = new int[heads];
    int[] amongFirst = new int[heads];
    int[] order = ProbeBatch.inOrder(data.size());
    for (int from = 0; from < order.length; from += config.batchSize()) {
      int to = Math.min(order.length, from + config.batchSize());
      try (TFloat32 features = ProbeBatch.features(data, order, from, to);
          TInt32 labels = ProbeBatch.labels(data, order, from, to);
          Result result =
              session
                  .runner()
                  .feed(probe.features(), features)
                  .feed(probe.labels(), labels)
                  .fetch(probe.ranks())
                  .run()) {
        TInt32 ranks = (TInt32) result.get(0);
        for (int i = 0; i < to - from; i++) {
          for (int h = 0; h < heads; h++) {
            int rank = ranks.getInt(i, h);
            first[h] += rank < 1 ? 1 : 0;
            amongFirst[h] += rank < TOP ? 1 : 0;
          }
        }
      }
    }
    List<ProbeResult.Head> results = new ArrayList<>();
    for (int h = 0; h < heads; h++) {
      results.add(
          new ProbeResult.Head(
              config.rates().get(h),
              losses[h],
              100.0 * first[h] / data.size(),
              100.0 * amongFirst[h] / data.size()));
    }
    return results;
  }

  private LinearHead head(int place, List<String> classNames, String featureName) {
    try (Result result = session.runner().fetch(probe.weights()).fetch(probe.biases()).run()) {
      TFloat32 weights = (TFloat32) result.get(0);
      TFloat32 biases = (TFloat32) result.get(1);
      float[][] rows = new float[classes][dim];
      float[] bias = new float[classes];
      for (int c = 0; c < classes; c++) {
        bias[c] = biases.getFloat(place, c);
        for (int d = 0; d < dim; d++) {
          rows[c][d] = weights.getFloat(d, place, c);
        }
      }
      return new LinearHead(rows, bias, classNames, featureName);
    }
  }

  private static float[] floats(TFloat32 tensor) {
    float[] values = new float[(int) tensor.size()];
    tensor.copyTo(DataBuffers.of(values, false, false));
    return values;
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
