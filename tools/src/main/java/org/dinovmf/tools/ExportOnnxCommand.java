package org.dinovmf.tools;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.dinovmf.savedmodel.onnx.OnnxExporter;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dino-vmf export onnx --run RUN --out FILE}. */
@Command(
    name = "onnx",
    mixinStandardHelpOptions = true,
    description = {
      "Writes the teacher of a run as an ONNX file (operator set 17): pixels [N, H, W, channels] in",
      "0..1 of the size of the evaluation to embedding [N, D], not of unit length. Decoding and",
      "resizing stay with the caller."
    },
    footer = {"", "Example:", "  dino-vmf export onnx --run runs/a --out models/a.onnx"})
public final class ExportOnnxCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private TeacherOptions teacher;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      required = true,
      description = "File to write; it must not exist.")
  private Path out;

  @Override
  public Integer call() throws IOException {
    TrainedEncoder trained = teacher.open(spec.commandLine().getErr());
    OnnxExporter.export(trained.source(), out);
    spec.commandLine().getOut().println(out);
    return ExitCode.OK;
  }
}
