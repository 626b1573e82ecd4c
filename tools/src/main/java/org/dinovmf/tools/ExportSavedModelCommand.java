package org.dinovmf.tools;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.dinovmf.savedmodel.CheckpointSource;
import org.dinovmf.savedmodel.EncoderExporter;
import org.dinovmf.savedmodel.ExportConfig;
import org.dinovmf.savedmodel.LinearClassifier;
import org.dinovmf.savedmodel.Sizes;
import org.dinovmf.savedmodel.WeightType;
import org.dinovmf.tools.config.ConfigException;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
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
      names = "--head",
      paramLabel = "FILE",
      description = {
        "A head that eval linear --head trained on this run: signature classify takes pixels in",
        "0..1 and gives probabilities [N, C] and the classes' names, classes [N, C] (default: no",
        "signature classify)."
      })
  private Optional<Path> head;

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
    ExportConfig config = new ExportConfig(sizes, weights, classifier(trained.source()));
    Path version = EncoderExporter.export(trained.source(), config, out);
    err.printf(
        "exported the teacher of %s: %d values for images of %d pixels%n",
        trained.checkpoint().directory(),
        trained.spec().dimension(),
        trained.spec().transform().crop());
    spec.commandLine().getOut().println(version);
    return ExitCode.OK;
  }

  private Optional<LinearClassifier> classifier(CheckpointSource source) throws IOException {
    if (head.isEmpty()) {
      return Optional.empty();
    }
    if (!Files.isRegularFile(head.get())) {
      throw new ParameterException(
          spec.commandLine(),
          "--head must be a file that eval linear --head wrote, but '%s' is none"
              .formatted(head.get()));
    }
    try {
      return Optional.of(ServedHead.of(head.get(), source));
    } catch (ConfigException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }
}
