package org.dinovmf.tools;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dino-vmf export}: forms in which a trained encoder leaves the project. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description = "Writes a trained encoder for other programs.",
    subcommands = {
      ExportSavedModelCommand.class,
      ExportOnnxCommand.class,
      ExportServingCommand.class,
      ExportSafetensorsCommand.class,
      ExportPthCommand.class
    })
public final class ExportCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "a form must be named, such as: dino-vmf export savedmodel");
  }
}
