package org.dinovmf.tools.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.dinovmf.savedmodel.Encoder;
import org.dinovmf.tools.embed.DecodedBatches;
import org.dinovmf.tools.embed.EmbedConfig;
import org.dinovmf.tools.embed.EncodingOptions;
import org.dinovmf.tools.embed.ImageRow;
import org.dinovmf.tools.features.PooledTokens;
import org.dinovmf.training.data.ImageIndexer;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dino-vmf bench encode}: how fast an exported model embeds. */
@Command(
    name = "encode",
    mixinStandardHelpOptions = true,
    description =
        "Embeds pixels through an exported model again and again, one image a call and --batch-size:"
            + " time of a call and images a second. With --data also what 'embed' makes of a folder,"
            + " files and decoding included.",
    footer = {"", "Example:", "  dino-vmf bench encode --model models/a --data photos"})
final class BenchEncodeCommand implements Callable<Integer> {

  private static final double NANOS = 1e9;
  private static final double MILLIS = 1e3;

  @Spec private CommandSpec spec;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      required = true,
      description = "Exported model: the folder of its versions, or one version.")
  private Path model;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Images to embed as well; may be given again.")
  private List<Path> data = List.of();

  @Option(
      names = "--calls",
      paramLabel = "N",
      defaultValue = "100",
      description =
          "Calls that are measured, after a tenth as many that are not (default: ${DEFAULT-VALUE}).")
  private int calls;

  @Mixin private EncodingOptions encoding;

  /** The command as a subcommand of bench. */
  static CommandSpec command() {
    return CommandSpec.forAnnotatedObject(new BenchEncodeCommand());
  }

  @Override
  public Integer call() throws IOException {
    if (calls < 1) {
      throw new ParameterException(
          spec.commandLine(), "--calls must be at least 1, but is %d".formatted(calls));
    }
    EmbedConfig config = encoding.config(spec.commandLine());
    PrintWriter out = spec.commandLine().getOut();
    try (Encoder encoder = Encoder.load(model, config.threads())) {
      for (int batchSize : IntStream.of(1, config.batchSize()).distinct().toArray()) {
        Timings timings = measure(encoder, batchSize);
        out.printf(
            Locale.ROOT,
            "batch %d: median %.2f ms, p99 %.2f ms, %.1f images a second%n",
            batchSize,
            timings.median() * MILLIS,
            timings.quantile(0.99) * MILLIS,
            batchSize / timings.median());
      }
      if (!data.isEmpty()) {
        embedFolder(encoder, config, out);
      }
    }
    out.flush();
    return ExitCode.OK;
  }

  private Timings measure(Encoder encoder, int batchSize) {
    int side = encoder.spec().transform().crop();
    float[][][][] pixels = new float[batchSize][side][side][encoder.spec().channels().count()];
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
    for (int i = 0; i < 1 + calls / 10; i++) {
      encoder.embedPixels(pixels);
    }
    Timings timings = new Timings();
    for (int i = 0; i < calls; i++) {
      timings.time(() -> encoder.embedPixels(pixels));
    }
    return timings;
  }

  private void embedFolder(Encoder encoder, EmbedConfig config, PrintWriter out)
      throws IOException {
    List<ImageRow> rows = ImageRow.of(ImageIndexer.scan(data, config.limits(), config.threads()));
    try (DecodedBatches<?> embedder = PooledTokens.CLS.embedder(encoder, config)) {
      int batch = Math.min(rows.size(), config.batchSize());
      embedder.embed(rows.subList(0, batch), 0, (first, done) -> true);
      long begin = System.nanoTime();
      embedder.embed(rows, 0, (first, done) -> true);
      double seconds = (System.nanoTime() - begin) / NANOS;
      out.printf(
          Locale.ROOT,
          "files: %d images in %.2f s, %.1f images a second%n",
          rows.size(),
          seconds,
          rows.size() / seconds);
    }
  }
}
