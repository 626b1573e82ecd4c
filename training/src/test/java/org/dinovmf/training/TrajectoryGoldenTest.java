package org.dinovmf.training;

import static org.dinovmf.ops.Tensors.assertClose;
import static org.dinovmf.ops.Tensors.doubles;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.dinovmf.graph.HeadConfig;
import org.dinovmf.graph.PublishedNames;
import org.dinovmf.graph.VitConfig;
import org.dinovmf.graph.WeightStore.Variable;
import org.dinovmf.ops.Fusion;
import org.dinovmf.ops.Golden;
import org.dinovmf.ops.Precision;
import org.dinovmf.training.checkpoint.TrainState;
import org.dinovmf.training.loss.Center;
import org.dinovmf.training.method.Crops;
import org.dinovmf.training.method.LossWeights;
import org.dinovmf.training.method.Method;
import org.dinovmf.training.method.PrototypeKind;
import org.dinovmf.training.optimizer.AdamWConfig;
import org.dinovmf.training.schedule.ScheduleConfig;
import org.dinovmf.training.schedule.Schedules;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
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
import org.tensorflow.types.TBool;
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
  @MethodSource("methods")
  void matchesPyTorchInFloat64(String name, Method method) {
    new Trajectory<>(name, method, TFloat64.class).check(1e-9, 1e-9);
  }

  /** The graph's optimizer takes seconds for each of them; in float64 it is off. */
  @Tag("slow")
  @ParameterizedTest
  @MethodSource("methods")
  void matchesPyTorchInFloat32(String name, Method method) {
    new Trajectory<>(name, method, TFloat32.class).check(1e-4, 1e-4);
  }

  /** Every golden run; the temperature and the momentum of the center are the file's. */
  static Stream<Arguments> methods() {
    return Stream.of(
        arguments("dino-l2", method(PrototypeKind.UNIT, Center.LOGIT)),
        arguments("dino-free", method(PrototypeKind.FREE, Center.LOGIT)),
        arguments("dino-vmf", method(PrototypeKind.VMF, Center.PROBABILITY)),
        arguments("dino-vmf-logprob", method(PrototypeKind.VMF, Center.LOG_PROBABILITY)),
        arguments("ibot", method(PrototypeKind.FREE, Center.LOGIT).withWeights(LossWeights.ibot())),
        arguments(
            "ibot-vmf",
            method(PrototypeKind.VMF, Center.PROBABILITY).withWeights(LossWeights.ibot())));
  }

  private static Method method(PrototypeKind kind, Center center) {
    return Method.distillation(kind, center, 0.9, 0.1);
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

    Trajectory(String name, Method method, Class<T> type) {
      this.golden = Golden.reference(TrajectoryGoldenTest.class, "trajectory-" + name);
      assertEquals(method.centerMomentum(), golden.metadata("center_momentum").asDouble());
      assertEquals(method.studentTemp(), golden.metadata("student_temperature").asDouble());
      this.type = type;
      JsonNode config = golden.metadata("config");
      int dim = config.get("dim").asInt();
      VitConfig encoder =
          VitConfig.plain(
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
      this.model = new ModelConfig(method, encoder, head, 0, Precision.FLOAT32);
      this.optimizer =
          new AdamWConfig(0.9, 0.999, 1e-8, golden.metadata("clip_per_tensor").asDouble());
      this.batch = new BatchConfig(golden.metadata("batch").asInt(), 1, false);
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
                  golden.metadata("freeze_last_layer_epochs").asInt(),
                  ScheduleConfig.Patches.ibot()),
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
        Optional<Placeholder<TBool>> mask =
            model.method().masksPatches()
                ? Optional.of(tf.placeholder(TBool.class, Placeholder.shape(maskShape())))
                : Optional.empty();
        Crops<T> crops = new Crops<>(globals, Optional.of(locals), mask.map(fed -> fed));
        TrainGraph<T> train =
            new TrainGraph<>(graph, type, model, optimizer, batch, 1, crops, fusion());
        List<Op> givenWeights = givenWeights(tf, train);
        try (TrainSession<T> session = new TrainSession<>(graph, train, sessionConfig(), 1)) {
          session.initialize();
          session.run(givenWeights);
          TrainState state = TrainState.start(stepsPerEpoch);
          for (int step = 0; step < epochs * stepsPerEpoch; step++) {
            Schedules.Values values = schedules.at(step);
            Map<Operand<?>, Tensor> feeds = new HashMap<>();
            feeds.put(globals, feed("step" + step + ".global_crops"));
            feeds.put(locals, feed("step" + step + ".local_crops"));
            String maskName = "step" + step + ".mask";
            mask.ifPresent(placeholder -> feeds.put(placeholder, maskFeed(maskName)));
            try {
              checkStep(step, session.step(state, values, List.of(feeds)), lossTolerance);
            } finally {
              feeds.values().forEach(Tensor::close);
            }
            state = state.next(values.trainsPrototypes(), 0);
          }
          checkWeights(train, session, weightTolerance);
          checkFixedLengths();
        }
      }
    }

    /** As a training has it in float32. */
    private Fusion fusion() {
      return type.equals(TFloat32.class) ? Fusion.EXPLICIT : Fusion.BY_TENSORFLOW;
    }

    private ConfigProto sessionConfig() {
      return fusion() == Fusion.EXPLICIT
          ? Devices.forSteps(Devices.session(2, false), fusion())
          : TinyRun.PLAIN;
    }

    private void checkStep(int step, StepResult result, double tolerance) {
      checkValue("loss", step, result.loss(), tolerance);
      checkValue("cls_loss", step, result.clsLoss(), tolerance);
      checkValue("target_entropy", step, result.targetEntropy(), tolerance);
      checkValue("gradient_norm", step, result.gradientNorm(), 10 * tolerance);
      double patchLoss = result.measures().getOrDefault("loss_patch", 0.0);
      checkValue("patch_loss", step, patchLoss, tolerance);
      if (model.method().masksPatches()) {
        double[] mask = golden.values("step" + step + ".mask");
        double share = Arrays.stream(mask).average().orElseThrow();
        assertEquals(share, result.measures().get("masked_share"), 1e-6);
      }
    }

    private void checkValue(String name, int step, double found, double tolerance) {
      double expected = golden.values(name)[step];
      assertEquals(expected, found, tolerance * Math.abs(expected), name + " of step " + step);
    }

    private Shape maskShape() {
      Shape shape = golden.shape("step0.mask"); // [n, grid, grid]
      return Shape.of(shape.get(0), shape.get(1) * shape.get(2));
    }

    private Tensor maskFeed(String name) {
      double[] values = golden.values(name);
      TBool tensor = TBool.tensorOf(maskShape());
      long patches = maskShape().get(1);
      for (int i = 0; i < values.length; i++) {
        tensor.setBoolean(values[i] != 0, i / patches, i % patches);
      }
      return tensor;
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
          if (prefix.equals("method")) {
            assertClose(full, golden.values(full.substring(slash + 1)), found, tolerance);
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

    /** Prototypes of length 1 have no lengths among our weights. */
    private void checkFixedLengths() {
      if (model.method().prototypes() == PrototypeKind.UNIT) {
        for (String prefix : List.of("init", "student", "teacher")) {
          for (double length : golden.values(prefix + ".head.last_layer.weight_g")) {
            assertEquals(1, length, prefix);
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
