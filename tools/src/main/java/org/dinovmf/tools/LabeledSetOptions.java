package org.dinovmf.tools;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.dinovmf.tools.embed.EmbedConfig;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options that name labeled images to learn from and labeled images to be tested on. */
final class LabeledSetOptions {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--train",
      paramLabel = "DIR",
      required = true,
      description = "Labeled images to learn from; may be given again.")
  private List<Path> train;

  @Option(
      names = "--val",
      paramLabel = "DIR",
      description =
          "Labeled images to classify; may be given again (default: a tenth of each class of --train, "
              + "always the same, which is not learned from then).")
  private List<Path> val = List.of();

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = "path,label of the images of --train (default: the first folder is the label).")
  private Optional<Path> labels;

  @Option(
      names = "--val-labels",
      paramLabel = "FILE",
      description = "path,label of the images of --val (default: the first folder is the label).")
  private Optional<Path> valLabels;

  /** Finds the images of both sides. */
  LabeledSets scan(EmbedConfig config) throws IOException {
    if (val.isEmpty() && valLabels.isPresent()) {
      throw new ParameterException(
          spec.commandLine(), "--val-labels are of the images of --val, which is missing");
    }
    LabeledImages bank = LabeledImages.scan(train, labels, config.limits(), config.threads());
    return val.isEmpty()
        ? LabeledSets.split(bank)
        : new LabeledSets(
            bank, LabeledImages.scan(val, valLabels, config.limits(), config.threads()));
  }
}
