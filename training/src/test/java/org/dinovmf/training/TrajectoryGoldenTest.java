package org.dinovmf.training;

import static org.dinovmf.ops.Tensors.assertClose;
import static org.dinovmf.ops.Tensors.doubles;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dinovmf.graph.HeadConfig;
import org.dinovmf.graph.PublishedNames;
import org.dinovmf.graph.VitConfig;
import org.dinovmf.graph.WeightStore.Variable;
import org.dinovmf.ops.Golden;
import org.dinovmf.training.checkpoint.TrainState;
import org.dinovmf.training.loss.Center;
import org.dinovmf.training.method.Method;
import org.dinovmf.training.method.PrototypeKind;
import org.dinovmf.training.optimizer.AdamWConfig;
import org.dinovmf.training.schedule.ScheduleConfig;
import org.dinovmf.training.schedule.Schedules;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TFloating;

/**
 * Nine training steps against an independent PyTorch model, through the graph and the session that
 * the trainer runs: crops, weights and schedules are given, losses and final weights must agree.
 */
class TrajectoryGoldenTest {

  private static final int CHANNELS = 3;

  @ParameterizedTest
  @CsvSource({
    "dino-l2, UNIT, LOGIT",
    "dino-free, FREE, LOGIT",
    "dino-vmf, VMF, PROBABILITY",
    "dino-vmf-logprob, VMF, LOG_PROBABILITY"
  })
  void matchesPyTorchInFloat64(String name, PrototypeKind kind, Center center) {
    new Trajectory<>(name, kind, center, TFloat64.class).check(1e-9, 1e-9);
  }

  @ParameterizedTest
  @CsvSource({
    "dino-l2, UNIT, LOGIT",
    "dino-free, FREE, LOGIT",
    "dino-vmf, VMF, PROBABILITY",
    "dino-vmf-logprob, VMF, LOG_PROBABILITY"
  })
  void matchesPyTorchInFloat32(String name, PrototypeKind kind, Center center) {
    new Trajectory<>(name, kind, center, TFloat32.class).check(1e-4, 1e-4);
  }

  private static final class Trajectory<T extends TFloating> {

    private final Golden golden;
    private final Class<T> type;
    private final ModelConfig model;
    private final AdamWConfig optimizer;
    private final BatchConfig batch;
    private final Schedules schedules;
    private final int epochs;
    private final long stepsPerEpoch;
    private final double learningRates;

    Trajectory(String name, PrototypeKind kind, Center center, Class<T> type) {
      this.golden =
          Golden.of(TrajectoryGoldenTest.class, "/golden/trajectory-" + name + ".safetensors");
      this.type = type;
      JsonNode config = golden.metadata("config");
      int dim = config.get("dim").asInt();
      VitConfig encoder =
          new VitConfig(
              config.get("image").asInt(),
              config.get("patch").asInt(),
              dim,
              config.get("depth").asInt(),
              config.get("heads").asInt(),
              4,
              CHANNELS);
      HeadConfig head =
          new HeadConfig(
              dim,
              config.get("hidden").asInt(),
              config.get("bottleneck").asInt(),
              config.get("prototypes").asInt());
      Method method =
          new Method(
              kind,
              center,
              golden.metadata("center_momentum").asDouble(),
              golden.metadata("student_temperature").asDouble());
      this.model = new ModelConfig(method, encoder, head, 0);
      this.optimizer =
          new AdamWConfig(0.9, 0.999, 1e-8, golden.metadata("clip_per_tensor").asDouble());
      this.batch = new BatchConfig(golden.metadata("batch").asInt(), 1);
      this.epochs = golden.metadata("epochs").asInt();
      this.stepsPerEpoch = golden.metadata("steps_per_epoch").asLong();
      // The rate is for 256 images; the golden run's peak is 2e-3 whatever its batch.
      double peak = 2e-3 * 256 / batch.total();
      this.schedules =
          new Schedules(
              new ScheduleConfig(
                  epochs,
                  peak,
                  1e-5,
                  1,
                  0.04,
                  0.4,
                  0.9,
                  0.04,
                  0.07,
                  2,
                  golden.metadata("freeze_last_layer_epochs").asInt()),
              stepsPerEpoch,
              batch.total());
      double sum = 0;
      for (JsonNode rate : golden.metadata("schedules").get("learning_rate")) {
        sum += rate.asDouble();
      }
      this.learningRates = sum;
    }

    void check(double lossTolerance, double weightTolerance) {
      try (Graph graph = new Graph()) {
        Ops tf = Ops.create(graph);
        Operand<T> globals = tf.placeholder(type, Placeholder.shape(crops("global_crops")));
        Operand<T> locals = tf.placeholder(type, Placeholder.shape(crops("local_crops")));
        TrainGraph<T> train =
            new TrainGraph<>(graph, type, model, optimizer, batch, 1, globals, Optional.of(locals));
        List<Op> givenWeights = givenWeights(tf, train);
        try (TrainSession<T> session =
            new TrainSession<>(graph, train, ConfigProto.getDefaultInstance(), 1)) {
          session.initialize();
          session.run(givenWeights);
          double[] losses = golden.values("loss");
          double[] entropies = golden.values("target_entropy");
          double[] norms = golden.values("gradient_norm");
          TrainState state = TrainState.start(stepsPerEpoch);
          for (int step = 0; step < epochs * stepsPerEpoch; step++) {
            Schedules.Values values = schedules.at(step);
            try (Tensor big = feed("step" + step + ".global_crops");
                Tensor small = feed("step" + step + ".local_crops")) {
              StepResult result =
                  session.step(state, values, List.of(Map.of(globals, big, locals, small)));
              assertEquals(losses[step], result.loss(), lossTolerance * losses[step]);
              assertEquals(
                  entropies[step], result.targetEntropy(), lossTolerance * entropies[step]);
              assertEquals(norms[step], result.gradientNorm(), 10 * lossTolerance * norms[step]);
            }
            state = state.next(values.trainsPrototypes(), 0);
          }
          checkWeights(train, session, weightTolerance);
        }
      }
    }

    private Shape crops(String name) {
      Shape nchw = golden.shape("step0." + name);
      return Shape.of(nchw.get(0), nchw.get(2), nchw.get(3), nchw.get(1));
    }

    private List<Op> givenWeights(Ops tf, TrainGraph<T> train) {
      List<Op> assigns = new ArrayList<>();
      for (String prefix : List.of(TrainGraph.STUDENT, TrainGraph.TEACHER)) {
        for (Variable<T> variable : train.store().variables(prefix)) {
          String name = variable.name().substring(prefix.length() + 1);
          double[] ours =
              PublishedNames.fromPublished(
                  name,
                  golden.values("init." + PublishedNames.of(name)),
                  variable.shape(),
                  CHANNELS);
          Operand<T> value =
              tf.dtypes.cast(tf.reshape(tf.constant(ours), tf.constant(variable.shape())), type);
          assigns.add(tf.assignVariableOp(variable.handle(), value));
        }
      }
      return assigns;
    }

    private void checkWeights(TrainGraph<T> train, TrainSession<T> session, double tolerance) {
      for (Variable<T> variable : train.persistent()) {
        String full = variable.name();
        int slash = full.indexOf('/');
        String prefix = full.substring(0, slash);
        if (prefix.equals("optimizer")) {
          continue;
        }
        try (Result result = session.run(Map.of(), List.of(variable.value()))) {
          double[] found = doubles(result.get(0));
          if (full.equals(TrainGraph.CENTER)) {
            assertClose(full, golden.values("center"), found, tolerance);
            continue;
          }
          String name = full.substring(slash + 1);
          double[] published = PublishedNames.toPublished(name, found, variable.shape(), CHANNELS);
          double[] expected = golden.values(prefix + "." + PublishedNames.of(name));
          if (type.equals(TFloat32.class) && name.endsWith("attn/qkv/bias")) {
            checkQkvBias(full, expected, published, tolerance);
          } else {
            assertClose(full, expected, published, tolerance);
          }
        }
      }
    }

    /**
     * A bias of the keys moves every score of a query alike, so its true gradient is 0, and AdamW
     * scales what rounding leaves to steps of full length: it is held to the sum of the rates.
     */
    private void checkQkvBias(String name, double[] expected, double[] found, double tolerance) {
      int dim = expected.length / 3;
      for (int i = 0; i < expected.length; i++) {
        boolean isKey = i / dim == 1;
        double bound = isKey ? 2 * learningRates : tolerance * largest(expected);
        assertEquals(expected[i], found[i], bound, name + " " + i);
      }
    }

    private static double largest(double[] values) {
      double largest = 0;
      for (double value : values) {
        largest = Math.max(largest, Math.abs(value));
      }
      return largest;
    }

    /** The crops of a step, from [n, c, h, w] to [n, h, w, c]. */
    private Tensor feed(String name) {
      Shape nchw = golden.shape(name);
      int channels = (int) nchw.get(1);
      int area = (int) (nchw.get(2) * nchw.get(3));
      double[] planar = golden.values(name);
      double[] values = new double[planar.length];
      for (int i = 0; i < values.length; i++) {
        int channel = i % channels;
        int pixel = i / channels % area;
        int image = i / (channels * area);
        values[i] = planar[(image * channels + channel) * area + pixel];
      }
      Shape shape = Shape.of(nchw.get(0), nchw.get(2), nchw.get(3), nchw.get(1));
      if (type.equals(TFloat64.class)) {
        return TFloat64.tensorOf(shape, DataBuffers.of(values, true, false));
      }
      float[] narrow = new float[values.length];
      for (int i = 0; i < narrow.length; i++) {
        narrow[i] = (float) values[i];
      }
      return TFloat32.tensorOf(shape, DataBuffers.of(narrow, true, false));
    }
  }
}
