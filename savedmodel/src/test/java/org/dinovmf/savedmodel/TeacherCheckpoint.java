package org.dinovmf.savedmodel;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.dinovmf.graph.DropPath;
import org.dinovmf.graph.HeadConfig;
import org.dinovmf.graph.Initializer;
import org.dinovmf.graph.ProjectionHead;
import org.dinovmf.graph.Prototypes;
import org.dinovmf.graph.VisionTransformer;
import org.dinovmf.graph.VitConfig;
import org.dinovmf.graph.WeightStore;
import org.dinovmf.graph.preprocessing.EvalTransform;
import org.dinovmf.graph.preprocessing.Normalization;
import org.dinovmf.ops.Kernels;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.StdArrays;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;

/**
 * An untrained teacher beside other variables of a training run, in a session of its own: the
 * oracle of the exported model, which shares only the description of the network with it.
 */
final class TeacherCheckpoint implements AutoCloseable {

  static final String PREFIX = "teacher/backbone";
  static final EncoderSpec SPEC =
      new EncoderSpec(
          VitConfig.plain(16, 4, 24, 2, 2, 2, 3),
          new EvalTransform(18, 16),
          new Normalization(List.of(0.4, 0.5, 0.6), List.of(0.2, 0.25, 0.3)));

  static final HeadSource HEAD =
      new HeadSource(new HeadConfig(24, 10, 6, 7), new Prototypes.Vmf(), 0.07, "teacher/head");

  private static final long SEED = 7;

  private final Graph graph = new Graph();
  private final Placeholder<TFloat32> images;
  private final Operand<TFloat32> cls;
  private final Operand<TFloat32> embedding;
  private final Operand<TFloat32> vectors;
  private final Session session;

  private final WeightStore.Persistence persistence;

  TeacherCheckpoint() {
    Ops tf = Ops.create(graph);
    WeightStore<TFloat32> store = new WeightStore<>(tf, TFloat32.class, SEED);
    images =
        tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(Shape.UNKNOWN_SIZE, 16, 16, 3)));
    cls =
        new VisionTransformer<>(SPEC.encoder(), Kernels.plain(), store.under(PREFIX))
            .apply(tf, images, DropPath.none())
            .cls();
    embedding =
        new ProjectionHead<>(HEAD.sizes(), Kernels.plain(), store.under(HEAD.weights()))
            .apply(tf, cls);
    vectors = HEAD.prototypes().vectors(tf, store.under(HEAD.weights()), HEAD.sizes());
    store.variable("student/backbone", "cls_token", Shape.of(1, 1, 24), Initializer.ZEROS);
    persistence = store.persistence(store.variables());
    session = new Session(graph);
    session.runner().addTarget(store.initialize()).run().close();
  }

  /** The checkpoint that {@link #save} wrote, with its head. */
  static CheckpointSource source(Path file) {
    return new CheckpointSource(SPEC, file, PREFIX, Optional.of(HEAD));
  }

  /** Exports what {@link #save} wrote. */
  static Path export(Path file, Path model) throws IOException {
    return EncoderExporter.export(source(file), ExportConfig.standard(), model);
  }

  /** The graph of an exported version. */
  static MetaGraphDef metaGraph(Path version) throws IOException {
    try (InputStream in = Files.newInputStream(version.resolve("saved_model.pb"))) {
      return SavedModel.parseFrom(in).getMetaGraphs(0);
    }
  }

  /** Saves the variables under a path without {@code .index}. */
  void save(Path file) {
    try (TString path = TString.scalarOf(file.toString())) {
      session.runner().feed(persistence.file(), path).addTarget(persistence.save()).run().close();
    }
  }

  /** Embeds pixels in 0..1, {@code [batch][16][16][3]}; the normalization is plain Java. */
  float[][] embed(float[][][][] pixels) {
    return run(pixels, cls);
  }

  /** {@code [batch][bottleneck]}. */
  float[][] sphere(float[][][][] pixels) {
    return run(pixels, embedding);
  }

  /** {@code [prototypes][bottleneck]}. */
  float[][] prototypes() {
    try (Result result = session.runner().fetch(vectors).run()) {
      return TensorRows.copy(result.get(0));
    }
  }

  private float[][] run(float[][][][] pixels, Operand<TFloat32> output) {
    float[][][][] normalized = new float[pixels.length][16][16][3];
    for (int i = 0; i < pixels.length * 16 * 16 * 3; i++) {
      int c = i % 3;
      int x = i / 3 % 16;
      int y = i / 48 % 16;
      int n = i / 768;
      double mean = SPEC.normalization().mean().get(c);
      double std = SPEC.normalization().std().get(c);
      normalized[n][y][x][c] = (float) ((pixels[n][y][x][c] - mean) / std);
    }
    try (TFloat32 input = TFloat32.tensorOf(StdArrays.ndCopyOf(normalized));
        Result result = session.runner().feed(images, input).fetch(output).run()) {
      return TensorRows.copy(result.get(0));
    }
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
