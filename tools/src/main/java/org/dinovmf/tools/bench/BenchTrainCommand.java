package org.dinovmf.tools.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.dinovmf.tools.config.ConfigException;
import org.dinovmf.tools.config.TrainOptions;
import org.dinovmf.tools.report.Bottleneck;
import org.dinovmf.training.Devices;
import org.dinovmf.training.RunOptions;
import org.dinovmf.training.TrainConfig;
import org.dinovmf.training.Trainer;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dino-vmf bench train}: how fast a training from files is, input and steps together. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    description =
        "Trains from the images of --data for some steps in a folder that is deleted again, and"
            + " tells images a second and whether input or steps hold it up.",
    footer = {"", "Example:", "  dino-vmf bench train --data photos --preset dino-vmf-vits16"})
final class BenchTrainCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private final StepOptions counts = new StepOptions(200);

  /** The command with the options of every setting. */
  static CommandSpec command() {
    CommandSpec command = CommandSpec.forAnnotatedObject(new BenchTrainCommand());
    TrainOptions.addTo(command);
    return command;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    counts.check(spec);
    Path run = Files.createTempDirectory("dino-vmf-bench");
    try {
      print(measure(run));
      return ExitCode.OK;
    } catch (ConfigException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    } finally {
      MoreFiles.deleteRecursively(run, RecursiveDeleteOption.ALLOW_INSECURE);
    }
  }

  /** Seconds of a step are the mean: a step that waits for data counts with its wait. */
  private record Result(
      TrainConfig config,
      int images,
      double imagesPerSecond,
      double secondsPerStep,
      double waitShare,
      long memory) {}

  /** Nothing ends the run early or saves while it is timed. */
  private static RunOptions toTheEnd(RunOptions given) {
    return new RunOptions(
        given.threads(),
        Integer.MAX_VALUE,
        given.keepCheckpoints(),
        given.logSteps(),
        Optional.empty(),
        given.badImages(),
        given.decoding());
  }

  private Result measure(Path run) throws IOException, InterruptedException {
    BenchImages found = BenchImages.of(spec);
    TrainConfig config = found.resolved().trainConfig();
    if (config.batch().total() > found.images().size()) {
      throw new ParameterException(
          spec.commandLine(),
          "a step takes %d images, but there are only %d; give a smaller --batch-size or --accumulate"
              .formatted(config.batch().total(), found.images().size()));
    }
    long available = DryRun.steps(config, found.images().size());
    long wanted = (long) counts.warmup() + counts.steps();
    if (available < wanted) {
      throw new ParameterException(
          spec.commandLine(),
          "%d steps are to be done, but %d images in %d epochs make %d; give fewer --steps or more --epochs"
              .formatted(wanted, found.images().size(), config.schedule().epochs(), available));
    }
    RunOptions options = toTheEnd(found.resolved().runOptions());
    TrainBench bench = new TrainBench(counts.warmup(), counts.steps(), System::nanoTime);
    PrintWriter log = spec.commandLine().getErr();
    try (Trainer trainer =
        Trainer.open(
            config,
            options,
            found.images(),
            run,
            false,
            Devices.session(options.threads(), found.hardware().usesGpu()),
            log::println)) {
      trainer.train(bench, bench::isDone);
    }
    int images = config.batch().total();
    return new Result(
        config,
        images,
        images / bench.secondsPerStep(),
        bench.secondsPerStep(),
        bench.waitShare(),
        ResidentMemory.peak());
  }

  private void print(Result result) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (counts.isJson()) {
      out.println(new ObjectMapper().writeValueAsString(result));
    } else {
      out.printf(
          Locale.ROOT,
          "%.2f images a second, %d a step of %.3f s%n%s%n",
          result.imagesPerSecond(),
          result.images(),
          result.secondsPerStep(),
          Bottleneck.of(result.waitShare()));
    }
    out.flush();
  }
}
