package org.dinovmf.savedmodel.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.dinovmf.graph.DropPath;
import org.dinovmf.graph.PositionRule;
import org.dinovmf.graph.VisionTransformer;
import org.dinovmf.graph.VitConfig;
import org.dinovmf.graph.VitExtras;
import org.dinovmf.graph.WeightStore;
import org.dinovmf.graph.preprocessing.EvalTransform;
import org.dinovmf.graph.preprocessing.Normalization;
import org.dinovmf.ops.Kernels;
import org.dinovmf.savedmodel.CheckpointSource;
import org.dinovmf.savedmodel.Encoder;
import org.dinovmf.savedmodel.EncoderSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;

/** ONNX Runtime's values against those of the encoder that was exported. */
final class OnnxExporterTest {

  private static final String PREFIX = "teacher/backbone";

  /** Of entries of order 1; another library adds in another order. */
  private static final float TOLERANCE = 1e-4f;

  @TempDir private Path folder;

  private static Stream<VitConfig> encoders() {
    VitConfig plain = VitConfig.plain(16, 4, 24, 2, 2, 2, 3);
    return Stream.of(
        plain,
        VitConfig.plain(16, 4, 24, 1, 3, 4, 1),
        VitConfig.plain(24, 4, 12, 2, 2, 4, 3), // a table of another size
        new VitConfig(8, 4, 12, 2, 2, 4, 3, new VitExtras(3, true, PositionRule.ANTIALIASED)),
        new VitConfig(24, 8, 12, 2, 2, 4, 4, new VitExtras(1, true, PositionRule.PLAIN)));
  }

  @ParameterizedTest
  @MethodSource("encoders")
  void aRuntimeOfOthersGivesTheEmbedding(VitConfig config) throws IOException, OrtException {
    CheckpointSource source = save(config);
    Path file = folder.resolve("neu/modell-ä.onnx");
    OnnxExporter.export(source, file);
    float[][][][] pixels = new float[3][16][16][config.inChannels()];
    SplittableRandom random = new SplittableRandom(1);
    for (float[][][] image : pixels) {
      for (float[][] row : image) {
        for (float[] pixel : row) {
          for (int c = 0; c < pixel.length; c++) {
            pixel[c] = (float) random.nextDouble();
          }
        }
      }
    }
    float[][] found;
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      OrtEnvironment environment = OrtEnvironment.getEnvironment();
      try (OrtSession session = environment.createSession(Files.readAllBytes(file), options);
          OnnxTensor input = OnnxTensor.createTensor(environment, pixels);
          OrtSession.Result result = session.run(Map.of("pixels", input))) {
        assertEquals(Set.of("pixels"), session.getInputNames());
        assertEquals(Set.of("embedding"), session.getOutputNames());
        found = (float[][]) result.get(0).getValue();
      }
    }
    try (Encoder encoder = Encoder.fromCheckpoint(source, 1)) {
      float[][] expected = encoder.embedPixels(pixels);
      assertTrue(Math.abs(expected[0][0] - expected[1][0]) > 1e-3, "images must matter");
      for (int i = 0; i < expected.length; i++) {
        assertArrayEquals(expected[i], found[i], TOLERANCE);
      }
    }
  }

  @Test
  void replacesNoFile() throws IOException {
    Path file = Files.writeString(folder.resolve("a.onnx"), "x");
    CheckpointSource source = save(VitConfig.plain(16, 4, 8, 1, 2, 2, 3));
    assertThrows(FileAlreadyExistsException.class, () -> OnnxExporter.export(source, file));
    assertEquals("x", Files.readString(file));
  }

  /** A checkpoint whose every weight is random, scales and biases too. */
  private CheckpointSource save(VitConfig config) {
    EncoderSpec spec =
        new EncoderSpec(
            config,
            new EvalTransform(18, 16),
            new Normalization(
                List.of(0.4, 0.5, 0.6, 0.3).subList(0, config.inChannels()),
                List.of(0.2, 0.25, 0.3, 0.35).subList(0, config.inChannels())));
    Path file = folder.resolve("weights");
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      WeightStore<TFloat32> store = new WeightStore<>(tf, TFloat32.class, 0);
      Placeholder<TFloat32> images =
          tf.placeholder(
              TFloat32.class, Placeholder.shape(Shape.of(-1, 16, 16, config.inChannels())));
      new VisionTransformer<>(config, Kernels.plain(), store.under(PREFIX))
          .apply(tf, images, DropPath.none());
      List<Op> assigned = new ArrayList<>();
      long seed = 0;
      for (WeightStore.Variable<TFloat32> variable : store.variables()) {
        seed++;
        Operand<TFloat32> normal =
            tf.random.statelessRandomNormal(
                tf.constant(variable.shape()), tf.array(seed, 7L), TFloat32.class);
        assigned.add(
            tf.assignVariableOp(variable.handle(), tf.math.mul(normal, tf.constant(0.3f))));
      }
      WeightStore.Persistence persistence = store.persistence(store.variables());
      try (Session session = new Session(graph);
          TString path = TString.scalarOf(file.toString())) {
        session.runner().addTarget(WeightStore.group(tf, assigned)).run().close();
        session.runner().feed(persistence.file(), path).addTarget(persistence.save()).run().close();
      }
    }
    return CheckpointSource.of(spec, file, PREFIX);
  }
}
