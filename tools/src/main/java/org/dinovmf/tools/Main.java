package org.dinovmf.tools;

import org.dinovmf.tools.demo.DemoCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code dino-vmf}: the root command. */
@Command(
    name = "dino-vmf",
    mixinStandardHelpOptions = true,
    subcommands = {DemoCommand.class, EvalCommand.class, EmbedCommand.class, ExportCommand.class},
    version = "dino-vmf 0.1.0",
    description = "Self-supervised vision training with DINO-vMF on TensorFlow Java.")
public final class Main {

  private Main() {}

  /** Runs the command line and exits with its code. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Main()).execute(args));
  }
}
