package org.dinovmf.tools;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.dinovmf.tools.analysis.AssignedImages;
import org.dinovmf.tools.analysis.OutOfDistribution;
import org.dinovmf.tools.analysis.PrototypeStudy;
import org.dinovmf.tools.analysis.PrototypeTable;
import org.dinovmf.tools.embed.EmbedConfig;
import org.dinovmf.tools.embed.EncodingOptions;
import org.dinovmf.training.analysis.DuplicateGroups;
import org.dinovmf.training.analysis.PrototypeMixture.Assigned;
import org.dinovmf.training.data.DataException;
import org.dinovmf.training.data.ImageIndex;
import org.dinovmf.training.data.ImageIndexer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dino-vmf analyze prototypes RUN}. */
@Command(
    name = "prototypes",
    mixinStandardHelpOptions = true,
    description = {
      "Counts the prototypes of a run's teacher that are used, unique, unused and void, and compares",
      "the concentration that each learned with that of the images it attracts. Prototypes are the",
      "same where 1 - cosine is below the threshold, by a greedy scan; void are those of the largest",
      "group of the same that attracts no image. Images are assigned by the teacher's last",
      "temperature and without a center; log p(y) gives all prototypes equal weights. Where the first",
      "folders are classes, accuracy by the 20 nearest others is shown too."
    },
    footer = {
      "",
      "Example:",
      "  dino-vmf analyze prototypes runs/a --data photos --against other-photos"
    })
public final class AnalyzePrototypesCommand implements Callable<Integer> {

  private static final int STRANGEST = 10;
  private static final ObjectMapper JSON = ResultJson.mapper();

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "RUN", description = "Folder of the run.")
  private Path run;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Images; may be given again (default: those of the run).")
  private List<Path> data = List.of();

  @Option(
      names = "--against",
      paramLabel = "DIR",
      description = {
        "Other images: how well log p(y) tells them from the first, as the area under the ROC",
        "curve."
      })
  private Optional<Path> against = Optional.empty();

  @Option(
      names = "--threshold",
      paramLabel = "DISTANCE",
      defaultValue = "" + DuplicateGroups.STANDARD_THRESHOLD,
      description = "1 - cosine below which two prototypes are one (default: ${DEFAULT-VALUE}).")
  private double threshold;

  @Option(
      names = "--max-images",
      paramLabel = "N",
      defaultValue = "50000",
      description = "Takes a sample of more images than these (default: ${DEFAULT-VALUE}).")
  private int maxImages;

  @Option(names = "--json", description = "Print JSON, all of it, in place of the table.")
  private boolean isJson;

  @Mixin private EncodingOptions encoding;

  @Override
  public Integer call() throws IOException {
    EmbedConfig config = encoding.config(spec.commandLine());
    if (!(threshold > 0 && threshold <= 2) || maxImages < 1) {
      throw new ParameterException(
          spec.commandLine(),
          "--threshold must be above 0 and at most 2, and --max-images at least 1: --threshold %s, --max-images %d"
              .formatted(threshold, maxImages));
    }
    PrintWriter out = spec.commandLine().getOut();
    try (StudiedRun studied =
        StudiedRun.open(run, config.threads(), spec.commandLine().getErr()::println)) {
      studied.requirePrototypes(spec.commandLine());
      AssignedImages seen = studied.assign(images(studied, config), maxImages, config);
      Optional<OutOfDistribution> other = other(studied, seen, config);
      PrototypeStudy study = PrototypeStudy.of(seen, threshold, config.threads());
      if (isJson) {
        out.println(JSON.writeValueAsString(json(study, other)));
      } else {
        out.printf(
            "teacher of step %d of '%s', %d images%n",
            studied.checkpoint().state().step(), run, study.assigned().size());
        PrototypeTable.lines(study, STRANGEST).forEach(out::println);
        other.ifPresent(found -> out.println(found.line()));
      }
    }
    out.flush();
    return ExitCodes.DONE;
  }

  private ImageIndex images(StudiedRun studied, EmbedConfig config) throws IOException {
    return studied
        .images(data, config)
        .orElseThrow(() -> new DataException(studied.imagesMissing()));
  }

  private Optional<OutOfDistribution> other(
      StudiedRun studied, AssignedImages seen, EmbedConfig config) throws IOException {
    if (against.isEmpty()) {
      return Optional.empty();
    }
    if (seen.logDensities().length == 0) {
      throw new ParameterException(
          spec.commandLine(),
          "--against needs log p(y), but prototypes of free length without a normalizer are no mixture; train with --method dino-vmf");
    }
    ImageIndex index = ImageIndexer.scan(List.of(against.get()), config.limits(), config.threads());
    AssignedImages others = studied.assign(index, maxImages, config);
    return Optional.of(OutOfDistribution.of(seen.logDensities(), others.logDensities()));
  }

  private static ObjectNode json(PrototypeStudy study, Optional<OutOfDistribution> other) {
    ObjectNode root = JSON.createObjectNode();
    root.set("summary", JSON.valueToTree(study.summary()));
    root.set("difficulty", JSON.valueToTree(study.difficulty()));
    other.ifPresent(found -> root.set("against", JSON.valueToTree(found)));
    root.set("prototypes", JSON.valueToTree(study.rows()));
    ArrayNode images = root.putArray("images");
    for (int i = 0; i < study.assigned().size(); i++) {
      Assigned assigned = study.assigned().get(i);
      ObjectNode image = images.addObject();
      image.put("path", study.images().files().get(i).relativePath());
      image.put("prototype", assigned.prototype());
      image.put("posterior", assigned.posterior());
      image.put("kappa", study.mixture().kappa(assigned.prototype()));
      assigned.logDensity().ifPresent(value -> image.put("log_density", value));
    }
    return root;
  }
}
