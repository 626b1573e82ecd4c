package org.dinovmf.tools.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.dinovmf.tools.config.ConfigException;
import org.dinovmf.tools.config.Resolved;
import org.dinovmf.tools.config.Settings;
import org.dinovmf.tools.config.TrainOptions;
import org.dinovmf.training.TrainConfig;
import org.dinovmf.training.data.BadImages;
import org.dinovmf.training.data.BatchLoader;
import org.dinovmf.training.data.BatchPosition;
import org.dinovmf.training.data.ImageDecoder;
import org.dinovmf.training.data.ImageIndex;
import org.dinovmf.training.data.LoaderConfig;
import org.dinovmf.training.data.ScanLimits;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dino-vmf bench input}: how fast images become batches. */
@Command(
    name = "input",
    mixinStandardHelpOptions = true,
    description =
        "Reads, decodes, cuts and colors the images of --data as train does in its first epoch, and"
            + " does nothing else with them.",
    footer = {"", "Example:", "  dino-vmf bench input --data photos --preset dino-vmf-vits16"})
final class BenchInputCommand implements Callable<Integer> {

  private static final double NANOS = 1e9;

  @Spec private CommandSpec spec;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "20",
      description =
          "Stops after this time, or at the end of the epoch (default: ${DEFAULT-VALUE}).")
  private int seconds;

  /** The command with the options of every setting. */
  static CommandSpec command() {
    CommandSpec command = CommandSpec.forAnnotatedObject(new BenchInputCommand());
    TrainOptions.addTo(command);
    return command;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (seconds < 1) {
      throw new ParameterException(
          spec.commandLine(), "--seconds must be at least 1, but is %d".formatted(seconds));
    }
    try {
      measure();
      return ExitCode.OK;
    } catch (ConfigException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private void measure() throws IOException, InterruptedException {
    BenchImages found = BenchImages.of(spec);
    ImageIndex images = found.images();
    Resolved resolved = found.resolved();
    int threads = resolved.runOptions().threads();
    TrainConfig config = resolved.trainConfig();
    LoaderConfig loading =
        LoaderConfig.of(config.batch().batchSize(), config.seed(), threads)
            .withMasks(config.masks());
    int epoch = BatchLoader.batchesPerEpoch(images, loading);
    try (ImageDecoder decoder =
            new ImageDecoder(
                ScanLimits.standard(),
                resolved.get(Settings.CHANNELS),
                resolved.runOptions().decoding(),
                threads);
        BatchLoader loader =
            new BatchLoader(
                images,
                decoder,
                config.crops(),
                loading,
                BadImages.unrecorded(images, resolved.runOptions().badImages()),
                BatchPosition.start())) {
      loader.next(); // the first waits for threads and libraries
      long begin = System.nanoTime();
      int batches = 0;
      while (batches + 1 < epoch && System.nanoTime() - begin < seconds * NANOS) {
        loader.next();
        batches++;
      }
      double time = (System.nanoTime() - begin) / NANOS;
      if (batches == 0) {
        throw new ParameterException(
            spec.commandLine(),
            "an epoch must have at least 2 batches, but %d images make %d of %d; give a smaller --batch-size"
                .formatted(images.size(), epoch, config.batch().batchSize()));
      }
      print(batches * config.batch().batchSize() / time, threads, config);
    }
  }

  private void print(double rate, int threads, TrainConfig config) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        Locale.ROOT,
        "%.1f images a second, %.1f for each of %d threads; 2 crops of %d pixels and %d of %d%n",
        rate,
        rate / threads,
        threads,
        config.crops().global().pixels(),
        config.crops().localCrops(),
        config.crops().local().pixels());
    out.flush();
  }
}
