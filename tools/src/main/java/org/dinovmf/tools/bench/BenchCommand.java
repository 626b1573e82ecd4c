package org.dinovmf.tools.bench;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dino-vmf bench}: how fast this machine trains. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Measures how fast this machine trains.")
public final class BenchCommand implements Runnable {

  @Spec private CommandSpec spec;

  /** The command with its subcommands. */
  public static CommandSpec command() {
    CommandSpec command = CommandSpec.forAnnotatedObject(new BenchCommand());
    command.addSubcommand("step", BenchStepCommand.command());
    command.addSubcommand("input", BenchInputCommand.command());
    command.addSubcommand("train", BenchTrainCommand.command());
    return command;
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "what to measure must be named: bench step, bench input or bench train");
  }
}
