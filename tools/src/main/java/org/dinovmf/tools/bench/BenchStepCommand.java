package org.dinovmf.tools.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.dinovmf.graph.preprocessing.Normalization;
import org.dinovmf.tools.config.ConfigException;
import org.dinovmf.tools.config.Network;
import org.dinovmf.tools.config.Resolved;
import org.dinovmf.tools.config.Resolver;
import org.dinovmf.tools.config.Settings;
import org.dinovmf.tools.config.TrainOptions;
import org.dinovmf.tools.machine.Hardware;
import org.dinovmf.training.Devices;
import org.dinovmf.training.TrainConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dino-vmf bench step}: what a training step costs. */
@Command(
    name = "step",
    mixinStandardHelpOptions = true,
    description =
        "Times optimizer steps of the settings of train on noise in memory: the whole step, its"
            + " parts, and how near its products come to the fastest ones here.",
    footer = {
      "",
      "Example:",
      "  dino-vmf bench step --preset dino-vmf-vits16 --batch-size 8 --accumulate 1"
    })
final class BenchStepCommand implements Callable<Integer> {

  /** Any values serve: the time does not depend on them. */
  private static final double ANY_MEAN = 0.5;

  private static final double ANY_STD = 0.25;

  private static final int STEPS_OF_PROOF = 3;
  private static final String OPS = "--ops";

  /** What says how steps are timed. */
  private static final List<String> OF_TIMING =
      List.of(StepOptions.STEPS, StepOptions.WARMUP, StepOptions.JSON, OPS);

  @Spec private CommandSpec spec;

  @Mixin private final StepOptions counts = new StepOptions(10);

  @Option(names = OPS, description = "Traces one more step, and prints times by type of op.")
  private boolean withOps;

  @Option(
      names = "--proof",
      paramLabel = "DIR",
      description =
          "Times nothing, but does the first 3 steps, and writes weights before and after, crops"
              + " and losses to DIR, for another program to repeat them.")
  private Optional<Path> proof;

  /** The command with the options of every setting. */
  static CommandSpec command() {
    CommandSpec command = CommandSpec.forAnnotatedObject(new BenchStepCommand());
    TrainOptions.addTo(command);
    return command;
  }

  @Override
  public Integer call() throws IOException {
    counts.check(spec);
    List<String> ofTiming =
        OF_TIMING.stream().filter(spec.commandLine().getParseResult()::hasMatchedOption).toList();
    if (proof.isPresent() && !ofTiming.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          "--proof times nothing and prints nothing: leave out " + String.join(", ", ofTiming));
    }
    TrainConfig config;
    Resolved resolved;
    try {
      Resolved given = Resolver.given(TrainOptions.request(spec), Optional.empty());
      resolved =
          Resolver.resolve(TrainOptions.request(spec), Network.givenIn(given), Optional.empty());
      config = withAnyStatistics(resolved).trainConfig();
    } catch (ConfigException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
    int threads = resolved.get(Settings.THREADS).orElse(Runtime.getRuntime().availableProcessors());
    boolean isRepeatable =
        config.batch().accumulate() == 1
            && config.model().dropPath() == 0
            && config.masks().isEmpty();
    if (proof.isPresent() && !isRepeatable) {
      throw new ParameterException(
          spec.commandLine(),
          "--proof is of steps of one batch without random drops and masks: give --accumulate 1, --drop-path 0 and --method dino or dino-vmf");
    }
    boolean usesGpu = Hardware.of(resolved.get(Settings.DEVICE), threads).usesGpu();
    try (StepBench bench = new StepBench(config, Devices.session(threads, usesGpu))) {
      if (proof.isPresent()) {
        bench.prove(proof.get(), STEPS_OF_PROOF);
      } else {
        print(bench.run(counts.warmup(), counts.steps(), threads, withOps));
      }
    }
    return ExitCode.OK;
  }

  /** With a mean and a deviation where none are given: no time depends on them. */
  static Resolved withAnyStatistics(Resolved resolved) {
    int channels = resolved.get(Settings.CHANNELS).count();
    List<Double> mean = Collections.nCopies(channels, ANY_MEAN);
    List<Double> std = Collections.nCopies(channels, ANY_STD);
    return resolved.withStatistics(new Normalization(mean, std), 0);
  }

  private void print(StepReport report) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (counts.isJson()) {
      ObjectMapper json = new ObjectMapper();
      out.println(json.enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(report));
    } else {
      out.print(report.table());
    }
    out.flush();
  }
}
