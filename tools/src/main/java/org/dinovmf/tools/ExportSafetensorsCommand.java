package org.dinovmf.tools;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.dinovmf.training.weights.WeightExport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code dino-vmf export safetensors --run RUN --out FILE}. */
@Command(
    name = "safetensors",
    mixinStandardHelpOptions = true,
    description = {
      "Writes the weights of a run as safetensors, under the names and in the layouts of the",
      "published checkpoints, which timm reads too."
    },
    footer = {
      "",
      "Example:",
      "  dino-vmf export safetensors --run runs/a --out models/a.safetensors"
    })
public final class ExportSafetensorsCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private WeightExportOptions options;

  @Override
  public Integer call() throws IOException {
    return options.write(spec.commandLine(), WeightExport::writeSafetensors);
  }
}
