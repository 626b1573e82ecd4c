package org.dinovmf.tools;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.dinovmf.savedmodel.EncoderExporter;
import org.dinovmf.savedmodel.ExportConfig;
import org.dinovmf.savedmodel.Sizes;
import org.dinovmf.savedmodel.WeightType;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dino-vmf export savedmodel --run RUN --out DIR}. */
@Command(
    name = "savedmodel",
    mixinStandardHelpOptions = true,
    description = {
      "Writes the teacher of a run as a TensorFlow SavedModel, checked against the checkpoint.",
      "serving_default takes image_bytes [N], whole image files, and gives embedding [N, D], not of",
      "unit length, and valid [N]. The other signatures take pixels [N, H, W, channels]:",
      "from_pixels in 0..1 and from_pixels_uint8 in 0..255 give embedding, tokens gives the patches",
      "too, attention [N, heads, rows, columns], and assign, where the prototypes have a normalizer,",
      "the likeliest prototypes with posterior, kappa and log density."
    },
    footer = {"", "Example:", "  dino-vmf export savedmodel --run runs/a --out models/a"})
public final class ExportSavedModelCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private TeacherOptions teacher;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "Folder of the model; each export is a version in it: DIR/1, DIR/2, ...")
  private Path out;

  @Option(
      names = "--sizes",
      paramLabel = "WHICH",
      defaultValue = "FIXED",
      description = {
        "Sides of the pixels: fixed, those of the evaluation, which servers batch and converters",
        "want; or any that the patch size divides (default: ${DEFAULT-VALUE})."
      })
  private Sizes sizes;

  @Option(
      names = "--weights",
      paramLabel = "TYPE",
      defaultValue = "FLOAT32",
      description = {
        "How the model keeps the weights of encoder and head: float32, or in two bytes each",
        "float16 or bfloat16. It computes in float32 with each of them, and keeps the mixture of",
        "assign in float32 (default: ${DEFAULT-VALUE})."
      })
  private WeightType weights;

  @Override
  public Integer call() throws IOException {
    PrintWriter err = spec.commandLine().getErr();
    TrainedEncoder trained = teacher.open(err);
    Path version = EncoderExporter.export(trained.source(), new ExportConfig(sizes, weights), out);
    err.printf(
        "exported the teacher of %s: %d values for images of %d pixels%n",
        trained.checkpoint().directory(),
        trained.spec().dimension(),
        trained.spec().transform().crop());
    spec.commandLine().getOut().println(version);
    return ExitCode.OK;
  }
}
