import ai.djl.Model;
import ai.djl.ModelException;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.TranslateException;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import org.dinovmf.savedmodel.Encoder;

/**
 * One encoder by three runtimes in one JVM, in turns, from arrays of pixels to arrays of
 * embeddings: TensorFlow by {@code Encoder}, ONNX Runtime, and PyTorch by DJL. Times are told only
 * if the embeddings agree.
 *
 * <p>Arguments: NAME SAVEDMODEL ONNX TORCHSCRIPT SIDE CALLS.
 */
public final class EncoderBenchmark {

  private static final int CHANNELS = 3;

  /** Of the difference's length to that of the embedding. */
  private static final double AGREEMENT = 1e-4;

  private EncoderBenchmark() {}

  /** Embeds a batch. */
  @FunctionalInterface
  private interface Runtime {
    float[][] embed(float[][][][] pixels) throws Exception;
  }

  public static void main(String[] args) throws Exception {
    int side = Integer.parseInt(args[4]);
    int calls = Integer.parseInt(args[5]);
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (Encoder encoder = Encoder.load(Path.of(args[1]));
        OrtSession session = environment.createSession(args[2]);
        ZooModel<NDList, NDList> torch = torch(Path.of(args[3]));
        Predictor<NDList, NDList> predictor = torch.newPredictor()) {
      Map<String, Runtime> runtimes = new LinkedHashMap<>();
      runtimes.put("Encoder", encoder::embedPixels);
      runtimes.put("ONNX Runtime", pixels -> onnx(environment, session, pixels));
      runtimes.put("DJL, PyTorch", pixels -> torch(torch, predictor, pixels));
      for (int batch : new int[] {1, 32}) {
        measure(args[0], runtimes, pixels(batch, side), calls);
      }
    }
  }

  private static void measure(
      String name, Map<String, Runtime> runtimes, float[][][][] pixels, int calls)
      throws Exception {
    float[][] expected = runtimes.get("Encoder").embed(pixels);
    Map<String, double[]> seconds = new LinkedHashMap<>();
    for (Map.Entry<String, Runtime> runtime : runtimes.entrySet()) {
      double difference = difference(expected, runtime.getValue().embed(pixels));
      if (!(difference < AGREEMENT)) {
        throw new IllegalStateException(
            "%s differs from Encoder by %.2g of the embedding, more than %.2g"
                .formatted(runtime.getKey(), difference, AGREEMENT));
      }
      seconds.put(runtime.getKey(), new double[calls]);
    }
    for (int call = -Math.max(3, calls / 10); call < calls; call++) {
      for (Map.Entry<String, Runtime> runtime : runtimes.entrySet()) {
        long begin = System.nanoTime();
        runtime.getValue().embed(pixels);
        if (call >= 0) {
          seconds.get(runtime.getKey())[call] = (System.nanoTime() - begin) / 1e9;
        }
      }
    }
    seconds.forEach((runtime, each) -> print(name, runtime, pixels.length, each));
  }

  private static double difference(float[][] expected, float[][] found) {
    double difference = 0;
    double length = 0;
    for (int row = 0; row < expected.length; row++) {
      for (int i = 0; i < expected[row].length; i++) {
        difference += Math.pow(expected[row][i] - found[row][i], 2);
        length += Math.pow(expected[row][i], 2);
      }
    }
    return Math.sqrt(difference / length);
  }

  private static void print(String name, String runtime, int batch, double[] seconds) {
    Arrays.sort(seconds);
    double median = seconds[seconds.length / 2];
    System.out.printf(
        Locale.ROOT,
        "| %s | %d | %s | %.1f | %.1f | %.1f |%n",
        name,
        batch,
        runtime,
        median * 1e3,
        seconds[(int) (0.99 * (seconds.length - 1))] * 1e3,
        batch / median);
  }

  private static float[][][][] pixels(int batch, int side) {
    SplittableRandom random = new SplittableRandom(batch);
    float[][][][] pixels = new float[batch][side][side][CHANNELS];
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

  /** Rows of pixels, channels last. */
  private static FloatBuffer flat(float[][][][] pixels) {
    int side = pixels[0].length;
    FloatBuffer values = FloatBuffer.allocate(pixels.length * side * side * CHANNELS);
    for (float[][][] image : pixels) {
      for (float[][] row : image) {
        for (float[] pixel : row) {
          values.put(pixel);
        }
      }
    }
    return values.flip();
  }

  private static float[][] onnx(
      OrtEnvironment environment, OrtSession session, float[][][][] pixels) throws Exception {
    int side = pixels[0].length;
    long[] shape = {pixels.length, side, side, CHANNELS};
    try (OnnxTensor input = OnnxTensor.createTensor(environment, flat(pixels), shape);
        OrtSession.Result result = session.run(Map.of("pixels", input))) {
      return (float[][]) result.get(0).getValue();
    }
  }

  /** Traced with pixels in 0..1, channels last. */
  private static ZooModel<NDList, NDList> torch(Path file) throws ModelException, java.io.IOException {
    return Criteria.builder()
        .setTypes(NDList.class, NDList.class)
        .optModelPath(file)
        .optEngine("PyTorch")
        .optTranslator(new NoopTranslator())
        .build()
        .loadModel();
  }

  private static float[][] torch(
      Model model, Predictor<NDList, NDList> predictor, float[][][][] pixels)
      throws TranslateException {
    int side = pixels[0].length;
    try (NDArray input =
        model
            .getNDManager()
            .create(flat(pixels), new Shape(pixels.length, side, side, CHANNELS))) {
      try (NDList result = predictor.predict(new NDList(input))) {
        NDArray embeddings = result.get(0);
        float[] values = embeddings.toFloatArray();
        int dim = values.length / pixels.length;
        float[][] rows = new float[pixels.length][];
        for (int i = 0; i < rows.length; i++) {
          rows[i] = Arrays.copyOfRange(values, i * dim, (i + 1) * dim);
        }
        return rows;
      }
    }
  }
}
