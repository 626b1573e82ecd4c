package org.dinovmf.tools.config;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.dinovmf.tools.config.Facts.Device;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dino-vmf config}: looks at configurations without training. */
@Command(
    name = "config",
    description = "Shows or checks the configuration of a training run.",
    subcommands = ConfigCommand.Validate.class)
public final class ConfigCommand implements Runnable {

  private static final long GIB = 1L << 30;

  /** What a file leaves open is chosen for these, which no check of the file depends on. */
  private static final Facts USUAL_IMAGES = new Facts(100_000, 224, Device.CPU, 1, 16 * GIB);

  @Spec private CommandSpec spec;

  /** The command with its subcommands. */
  public static CommandSpec command() {
    CommandSpec command = CommandSpec.forAnnotatedObject(new ConfigCommand());
    CommandSpec show = CommandSpec.forAnnotatedObject(new Show());
    TrainOptions.addTo(show);
    command.addSubcommand("show", show);
    return command;
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "a subcommand is needed: config show or config validate FILE");
  }

  /** {@code dino-vmf config show}: every value and where it comes from. */
  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = {
        "Prints every setting with its value and origin, as a file for --config.",
        "With --images it prints what train would choose for so many images, for a CPU unless",
        "--device gpu is given."
      },
      footer = {"", "Example:", "  dino-vmf config show --images 6000 --side 28 --epochs 20"})
  static final class Show implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Option(
        names = "--images",
        paramLabel = "COUNT",
        description = "Choose for so many images, as train does.")
    private Optional<Integer> images = Optional.empty();

    @Option(
        names = "--side",
        paramLabel = "PIXELS",
        defaultValue = "224",
        description =
            "Shorter side of the images, for --images (default: ${DEFAULT-VALUE}; as published).")
    private int side;

    @Option(
        names = "--memory",
        paramLabel = "GIB",
        defaultValue = "16",
        description =
            "Memory of the device, for --images (default: ${DEFAULT-VALUE} GiB, a usual one).")
    private int memoryGib;

    @Override
    public Integer call() throws IOException {
      int least = Math.min(Math.min(images.orElse(1), side), memoryGib);
      if (least < 1) {
        throw new ParameterException(
            spec.commandLine(),
            "--images, --side and --memory must be at least 1, but are %s, %d and %d"
                .formatted(images.map(String::valueOf).orElse("not given"), side, memoryGib));
      }
      int cores = Runtime.getRuntime().availableProcessors();
      Resolved resolved =
          resolve(
              spec,
              TrainOptions.request(spec),
              given -> {
                Device device =
                    given.get(Settings.DEVICE) == DeviceChoice.GPU ? Device.GPU : Device.CPU;
                return images.map(n -> new Facts(n, side, device, cores, memoryGib * GIB));
              });
      PrintWriter out = spec.commandLine().getOut();
      out.print(resolved.toYaml());
      out.flush();
      return ExitCode.OK;
    }
  }

  /** {@code dino-vmf config validate FILE}. */
  @Command(
      name = "validate",
      mixinStandardHelpOptions = true,
      description = "Says whether a configuration file can be used, or lists all its faults.",
      exitCodeListHeading = "%nExit codes:%n",
      exitCodeList = {"0:the file can be used", "2:it has faults, or the arguments have"},
      footer = {"", "Example:", "  dino-vmf config validate tools/examples/small-images.yaml"})
  static final class Validate implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "YAML file, as for --config.")
    private Path file;

    @Override
    public Integer call() throws IOException {
      resolve(
          spec,
          new Request(Map.of(), Optional.of(file), Optional.empty()),
          given -> Optional.of(USUAL_IMAGES));
      PrintWriter out = spec.commandLine().getOut();
      out.println("'%s' can be used".formatted(file));
      out.flush();
      return ExitCode.OK;
    }
  }

  private static Resolved resolve(
      CommandSpec spec, Request request, Function<Resolved, Optional<Facts>> facts)
      throws IOException {
    try {
      Resolved given = Resolver.given(request, Optional.empty());
      return Resolver.resolve(request, Network.givenIn(given), facts.apply(given));
    } catch (ConfigException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }
}
