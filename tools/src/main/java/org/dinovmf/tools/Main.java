package org.dinovmf.tools;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.dinovmf.tools.bench.BenchCommand;
import org.dinovmf.tools.config.ConfigCommand;
import org.dinovmf.tools.config.NearestName;
import org.dinovmf.tools.demo.DemoCommand;
import org.tensorflow.TensorFlow;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code dino-vmf}: the root command. */
@Command(
    name = "dino-vmf",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Versions.class,
    subcommands = {
      DemoCommand.class,
      EvalCommand.class,
      AnalyzeCommand.class,
      ReportCommand.class,
      ExportCommand.class,
      EmbedCommand.class,
      SearchCommand.class,
      DedupCommand.class,
      InspectCommand.class,
      VmfCommand.class,
      DoctorCommand.class,
      HelpCommand.class
    },
    synopsisSubcommandLabel = "COMMAND",
    description = "Self-supervised vision training with DINO-vMF on TensorFlow Java.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      " 0:done",
      " 1:failure",
      " 2:invalid arguments",
      " 3:the images cannot be used",
      " 4:the loss is not finite",
      " 5:a checkpoint or a run cannot be used",
      " 6:the device cannot be used",
      "75:stopped and saved; --resume goes on",
      "130:ended at once by a second Ctrl-C"
    })
public final class Main implements Runnable {

  static final String VERSION = "0.1.0";

  @Spec private CommandSpec spec;

  @Option(
      names = "--stacktrace",
      scope = ScopeType.INHERIT,
      description = "Prints the stack trace of a failure below its line.")
  private boolean stacktrace;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  /** Runs the command line and exits with its code. */
  public static void main(String[] args) {
    System.exit(run(commandLine(), args));
  }

  /** Runs a command line, errors of the JVM included. */
  static int run(CommandLine commandLine, String... args) {
    try {
      return commandLine.execute(args);
    } catch (OutOfMemoryError | LinkageError e) {
      Faults.print(commandLine.getErr(), e, List.of(args).contains("--stacktrace"));
      return Faults.exitCode(e);
    }
  }

  /** The whole command line, ready to execute. */
  static CommandLine commandLine() {
    Main main = new Main();
    CommandLine root =
        new CommandLine(main)
            .addSubcommand(TrainCommand.command())
            .addSubcommand(ImportCommand.command())
            .addSubcommand(ConfigCommand.command())
            .addSubcommand(BenchCommand.command());
    root.getSubcommands().values().forEach(Main::completeHelp);
    return root.setUsageHelpAutoWidth(true)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(Main::explain)
        .setExecutionExceptionHandler(
            (fault, commandLine, parsed) -> {
              Faults.print(commandLine.getErr(), fault, main.stacktrace);
              return Faults.exitCode(fault);
            });
  }

  /**
   * Gives a command and those below it a sentence for lists, and the help option and the exit codes
   * where they have none of their own. Picocli's inheritance would do it, but asks for the version,
   * and so loads TensorFlow's library, whenever a command line is built.
   */
  private static void completeHelp(CommandLine commandLine) {
    CommandSpec command = commandLine.getCommandSpec();
    CommandSpec root = command.root();
    if (!command.mixinStandardHelpOptions() && !(command.userObject() instanceof HelpCommand)) {
      command.mixinStandardHelpOptions(true).versionProvider(root.versionProvider());
    }
    if (command.usageMessage().exitCodeList().isEmpty()) {
      command
          .usageMessage()
          .exitCodeListHeading(root.usageMessage().exitCodeListHeading())
          .exitCodeList(root.usageMessage().exitCodeList());
    }
    command.usageMessage().description(sentences(command.usageMessage().description()));
    commandLine.getSubcommands().values().forEach(Main::completeHelp);
  }

  /**
   * The first sentence, which is what a list of commands shows, and the others; where a line ends
   * is left to the width of the terminal.
   */
  private static String[] sentences(String... lines) {
    return String.join(" ", lines).split("(?<=[.]) (?=\\D)", 2);
  }

  /** One line, the nearest names, and where to read more; not the whole help. */
  private static int explain(ParameterException fault, String[] args) {
    PrintWriter err = fault.getCommandLine().getErr();
    err.println("dino-vmf: " + message(fault, args));
    err.printf("Try '%s --help'%n", fault.getCommandLine().getCommandSpec().qualifiedName());
    err.flush();
    return ExitCodes.ARGUMENTS;
  }

  /** Picocli takes {@code @file} for an argument like any other where there is no such file. */
  private static String message(ParameterException fault, String[] args) {
    for (String arg : args) {
      if (arg.startsWith("@") && arg.length() > 1 && !Files.exists(Path.of(arg.substring(1)))) {
        return "no such file: '%s', from the argument '%s'".formatted(arg.substring(1), arg);
      }
    }
    // A misspelled option is the reason why a required one is missing, so it is named first.
    List<String> unmatched = fault.getCommandLine().getUnmatchedArguments();
    return unmatched.isEmpty()
        ? fault.getMessage()
        : unknown(fault.getCommandLine().getCommandSpec(), unmatched.get(0));
  }

  private static String unknown(CommandSpec command, String argument) {
    boolean isOption = argument.startsWith("-");
    String name = isOption ? argument.replaceFirst("=.*", "") : argument;
    Set<String> known = isOption ? command.optionsMap().keySet() : command.subcommands().keySet();
    String kind = isOption ? "option" : known.isEmpty() ? "argument" : "command";
    return "unknown %s '%s'".formatted(kind, name)
        + NearestName.of(name, known)
            .map(nearest -> "; did you mean '%s'?".formatted(nearest))
            .orElse("");
  }

  /** Versions of what matters to a report of a fault. */
  static final class Versions implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {
        "dino-vmf " + VERSION,
        "TensorFlow " + TensorFlow.version(),
        String.format(
            Locale.ROOT,
            "Java %s, %s %s",
            Runtime.version(),
            System.getProperty("os.name"),
            System.getProperty("os.arch"))
      };
    }
  }
}
