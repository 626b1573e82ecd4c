package org.dinovmf.tools;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.dinovmf.tools.report.MetricsLog;
import org.dinovmf.tools.report.Terminal;
import org.dinovmf.tools.serving.ServingFiles;
import org.dinovmf.training.RunRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dino-vmf export serving --run RUN --out DIR --name NAME}. */
@Command(
    name = "serving",
    mixinStandardHelpOptions = true,
    description = {
      "Writes a folder from which the teacher of a run is served: the SavedModel with models.config",
      "for TensorFlow Serving, a repository for Triton with ONNX and SavedModel, kserve.yaml, a",
      "Dockerfile, and README.md, a model card with what the run measured."
    },
    footer = {
      "",
      "Example:",
      "  dino-vmf export serving --run runs/a --name photos --out deploy/a"
    })
public final class ExportServingCommand implements Callable<Integer> {

  /** What KServe takes for a name, and so also Kubernetes, a folder and an image. */
  private static final Pattern NAME = Pattern.compile("[a-z]([-a-z0-9]{0,61}[a-z0-9])?");

  @Spec private CommandSpec spec;

  @Option(names = "--run", paramLabel = "RUN", required = true, description = "Folder of the run.")
  private Path run;

  @Option(
      names = "--checkpoint",
      paramLabel = "DIR",
      description = "Checkpoint folder (default: the run's newest whole one).")
  private Optional<Path> checkpoint;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      required = true,
      description =
          "By which the model is served: lower-case letters, digits and '-', first a letter.")
  private String name;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "Folder to write; it must not exist.")
  private Path out;

  @Override
  public Integer call() throws IOException {
    if (!NAME.matcher(name).matches()) {
      throw new ParameterException(
          spec.commandLine(),
          "--name must be a lower-case letter and at most 62 more, digits or '-', and not end in '-', but is '%s'"
              .formatted(Terminal.harmless(name)));
    }
    if (Files.exists(out)) {
      throw new FileAlreadyExistsException(out.toString());
    }
    TrainedEncoder trained =
        TrainedEncoder.of(run, checkpoint, spec.commandLine().getErr()::println);
    ServingFiles.write(
        out,
        name,
        trained.source(),
        RunRecord.read(run),
        MetricsLog.read(run),
        trained.checkpoint().state().step());
    spec.commandLine().getOut().println(out);
    return ExitCodes.DONE;
  }
}
