package org.dinovmf.tools.bench;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dino-vmf bench}: how fast this machine trains and embeds. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Measures how fast this machine trains and embeds.")
public final class BenchCommand implements Runnable {

  @Spec private CommandSpec spec;

  /** The command with its subcommands. */
  public static CommandSpec command() {
    CommandSpec command = CommandSpec.forAnnotatedObject(new BenchCommand());
    command.addSubcommand("step", BenchStepCommand.command());
    command.addSubcommand("input", BenchInputCommand.command());
    command.addSubcommand("train", BenchTrainCommand.command());
    command.addSubcommand("encode", BenchEncodeCommand.command());
    return command;
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "what to measure must be named: bench step, bench input, bench train or bench encode");
  }
}
