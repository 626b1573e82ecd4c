package org.dinovmf.tools;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dino-vmf analyze}: what a run learned, mostly without labels. */
@Command(
    name = "analyze",
    mixinStandardHelpOptions = true,
    description = "Looks into a run: its health, its prototypes, its attention.",
    subcommands = {
      AnalyzeHealthCommand.class,
      AnalyzePrototypesCommand.class,
      AnalyzeAttentionCommand.class
    })
public final class AnalyzeCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "a subject must be named, such as: dino-vmf analyze health RUN");
  }
}
