package org.dinovmf.savedmodel;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import org.dinovmf.graph.DropPath;
import org.dinovmf.graph.VisionTransformer;
import org.dinovmf.graph.VitConfig;
import org.dinovmf.graph.WeightStore;
import org.dinovmf.graph.preprocessing.EvalTransform;
import org.dinovmf.graph.preprocessing.Normalization;
import org.dinovmf.ops.Kernels;
import org.dinovmf.savedmodel.onnx.OnnxExporter;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;

/**
 * The exported encoder beside ONNX Runtime in one JVM, in turns: ViT-Ti/16 and ViT-S/16 of 224
 * pixels with random weights, arrays of pixels to arrays of embeddings. Run by hand: CALLS [SIZE].
 *
 * <p>DJL's PyTorch is not beside them: its native libraries come from a host of its own.
 */
final class EncoderBenchmark {

  private static final int PIXELS = 224;
  private static final int CHANNELS = 3;

  private EncoderBenchmark() {}

  /** Embeds a batch once. */
  @FunctionalInterface
  private interface Call {
    void run() throws OrtException;
  }

  public static void main(String[] args) throws IOException, OrtException {
    int calls = Integer.parseInt(args[0]);
    for (String size : args.length > 1 ? List.of(args[1]) : List.of("Ti", "S")) {
      Path folder = Files.createTempDirectory("encoder-benchmark");
      try {
        measure(size, folder, calls);
      } finally {
        MoreFiles.deleteRecursively(folder, RecursiveDeleteOption.ALLOW_INSECURE);
      }
    }
  }

  private static void measure(String size, Path folder, int calls)
      throws IOException, OrtException {
    VitConfig config =
        size.equals("Ti")
            ? new VitConfig(PIXELS, 16, 192, 12, 3, 4, CHANNELS)
            : new VitConfig(PIXELS, 16, 384, 12, 6, 4, CHANNELS);
    CheckpointSource source = source(config, folder.resolve("weights"));
    Path model = EncoderExporter.export(source, ExportConfig.standard(), folder.resolve("model"));
    Path onnx = folder.resolve("model.onnx");
    OnnxExporter.export(source, onnx);
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (Encoder encoder = Encoder.load(model);
        OrtSession session = environment.createSession(onnx.toString())) {
      for (int batch : new int[] {1, 32}) {
        float[][][][] pixels = pixels(batch);
        Call ours = () -> encoder.embedPixels(pixels);
        Call theirs = () -> embed(environment, session, pixels);
        double[][] times = new double[2][calls];
        for (int call = -Math.max(3, calls / 10); call < calls; call++) {
          double first = seconds(ours);
          double second = seconds(theirs);
          if (call >= 0) {
            times[0][call] = first;
            times[1][call] = second;
          }
        }
        print("ViT-%s/16, Encoder".formatted(size), batch, times[0]);
        print("ViT-%s/16, ONNX Runtime".formatted(size), batch, times[1]);
      }
    }
  }

  private static CheckpointSource source(VitConfig config, Path file) {
    String prefix = "teacher/backbone";
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      WeightStore<TFloat32> store = new WeightStore<>(tf, TFloat32.class, 1);
      new VisionTransformer<>(config, Kernels.plain(), store.under(prefix))
          .apply(
              tf,
              tf.placeholder(
                  TFloat32.class, Placeholder.shape(Shape.of(1, PIXELS, PIXELS, CHANNELS))),
              DropPath.none());
      WeightStore.Persistence persistence = store.persistence(store.variables());
      try (Session session = new Session(graph);
          TString path = TString.scalarOf(file.toString())) {
        session.runner().addTarget(store.initialize()).run().close();
        session.runner().feed(persistence.file(), path).addTarget(persistence.save()).run().close();
      }
    }
    return CheckpointSource.of(
        new EncoderSpec(config, EvalTransform.whole(PIXELS), Normalization.imageNet()),
        file,
        prefix);
  }

  private static float[][][][] pixels(int batch) {
    SplittableRandom random = new SplittableRandom(batch);
    float[][][][] pixels = new float[batch][PIXELS][PIXELS][CHANNELS];
    for (float[][][] image : pixels) {
      for (float[][] row : image) {
        for (float[] pixel : row) {
          for (int c = 0; c < CHANNELS; c++) {
            pixel[c] = (float) random.nextDouble();
          }
        }
      }
    }
    return pixels;
  }

  /** From the same arrays to the same rows as the encoder. */
  private static float[][] embed(
      OrtEnvironment environment, OrtSession session, float[][][][] pixels) throws OrtException {
    FloatBuffer values = FloatBuffer.allocate(pixels.length * PIXELS * PIXELS * CHANNELS);
    for (float[][][] image : pixels) {
      for (float[][] row : image) {
        for (float[] pixel : row) {
          values.put(pixel);
        }
      }
    }
    long[] shape = {pixels.length, PIXELS, PIXELS, CHANNELS};
    try (OnnxTensor input = OnnxTensor.createTensor(environment, values.flip(), shape);
        OrtSession.Result result = session.run(Map.of(Signatures.PIXELS, input))) {
      return (float[][]) result.get(0).getValue();
    }
  }

  private static double seconds(Call call) throws OrtException {
    long begin = System.nanoTime();
    call.run();
    return (System.nanoTime() - begin) / 1e9;
  }

  private static void print(String what, int batch, double[] seconds) {
    Arrays.sort(seconds);
    double median = seconds[seconds.length / 2];
    System.out.printf(
        Locale.ROOT,
        "%-24s batch %2d: median %8.2f ms, p99 %8.2f ms, %7.1f images a second%n",
        what,
        batch,
        median * 1e3,
        seconds[(int) (0.99 * (seconds.length - 1))] * 1e3,
        batch / median);
  }
}
