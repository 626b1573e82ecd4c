package org.dinovmf.tools;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.dinovmf.training.weights.WeightExport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code dino-vmf export pth --run RUN --out FILE}. */
@Command(
    name = "pth",
    mixinStandardHelpOptions = true,
    description = {
      "Writes the weights of a run as PyTorch's torch.save does, for torch.load(weights_only=True)",
      "and the published evaluation code. With --part full it can be trained on there."
    },
    footer = {"", "Example:", "  dino-vmf export pth --run runs/a --out models/a.pth --part full"})
public final class ExportPthCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private WeightExportOptions options;

  @Override
  public Integer call() throws IOException {
    return options.write(spec.commandLine(), WeightExport::writeTorch);
  }
}
