package org.dinovmf.tools;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.dinovmf.training.RunRecord;
import org.dinovmf.training.TrainConfig;
import org.dinovmf.training.checkpoint.Checkpoint;
import org.dinovmf.training.weights.SavedWeights;
import org.dinovmf.training.weights.WeightExport;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** What the exports of weights have in common. */
final class WeightExportOptions {

  @Option(names = "--run", paramLabel = "RUN", required = true, description = "Folder of the run.")
  private Path run;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      required = true,
      description = "File to write; must be new.")
  private Path out;

  @Option(
      names = "--part",
      paramLabel = "PART",
      defaultValue = "ENCODER",
      description =
          "encoder: the teacher's encoder under plain names; teacher: with its head; full: student, teacher and centers (default: encoder).")
  private WeightExport.Part part;

  @Option(
      names = "--checkpoint",
      paramLabel = "DIR",
      description = "Checkpoint folder (default: the run's newest whole one).")
  private Optional<Path> checkpoint;

  /** Writes a file. */
  @FunctionalInterface
  interface Format {
    void write(WeightExport export, Path target, WeightExport.Part part) throws IOException;
  }

  int write(CommandLine commandLine, Format format) throws IOException {
    if (Files.exists(out)) {
      throw new ParameterException(
          commandLine, "'%s' exists and is left as it is; give --out another name".formatted(out));
    }
    PrintWriter err = commandLine.getErr();
    TrainConfig config = RunRecord.read(run).config();
    Checkpoint found = TrainedEncoder.checkpoint(run, checkpoint, err::println);
    try (SavedWeights weights = new SavedWeights(config, found.prefix())) {
      format.write(new WeightExport(config, weights), out, part);
    }
    err.printf("exported --part %s of %s%n", part.label(), found.directory());
    commandLine.getOut().println(out);
    return ExitCodes.DONE;
  }
}
