package org.dinovmf.tools;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.dinovmf.tools.embed.EmbedConfig;
import org.dinovmf.tools.features.FeatureKind;
import org.dinovmf.training.Devices;
import org.dinovmf.training.eval.linear.LinearProbe;
import org.dinovmf.training.eval.linear.ProbeConfig;
import org.dinovmf.training.eval.linear.ProbeResult;
import org.dinovmf.training.weights.LinearHeadFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code dino-vmf eval linear}: linear heads on frozen features. */
@Command(
    name = "linear",
    mixinStandardHelpOptions = true,
    description = {
      "Linear heads on frozen features.",
      "Trains linear classifiers on frozen features of --train and tests them on --val: SGD with",
      "momentum 0.9 and a cosine, one head for each of 45 learning rates, all at once (Caron et al.",
      "2021, Zhou et al. 2022, sections 4.1). The best is chosen on --val, as is usual."
    },
    footer = {
      "",
      "Example:",
      "  dino-vmf eval linear --run runs/a --train data/train --val data/val --features cls-4"
    })
public final class LinearCommand implements Callable<Integer> {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Rows of the table; JSON has all. */
  private static final int PRINTED = 5;

  @Mixin private EvaluationOptions options;
  @Mixin private LabeledSetOptions sets;

  @Option(
      names = "--features",
      paramLabel = "KIND",
      defaultValue = "cls",
      converter = FeatureKindConverter.class,
      description =
          "cls: class token; cls-4: class tokens of the last 4 blocks side by side, as published for "
              + "small encoders; cls-mean: class token and mean of the patches, for base and larger "
              + "(default: ${DEFAULT-VALUE}).")
  private FeatureKind features;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      defaultValue = "100",
      description = "Passes over the features (default: ${DEFAULT-VALUE}, as published).")
  private int epochs;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "Seed of the start and of the order of images (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--head",
      paramLabel = "FILE",
      description = "Where the best head is written, as safetensors: weight, bias, class names.")
  private Optional<Path> head;

  @Override
  public Integer call() throws IOException {
    EmbedConfig config = options.config();
    ProbeConfig probe = probeConfig();
    requireWritable();
    LabeledSets images = sets.scan(config);
    LabeledPair pair = LabeledPair.of(options, config, images, features);
    ProbeResult result =
        LinearProbe.run(
            pair.train(),
            pair.test(),
            pair.classes(),
            features.label(),
            probe,
            Devices.session(config.threads(), true),
            Progress.lines(options.err(), "epochs", epochs));
    options.print(table(pair, result), json(pair, result));
    if (head.isPresent()) {
      LinearHeadFile.write(head.get(), result.best());
      options.err().printf("the best head is in '%s'%n", head.get());
    }
    return ExitCode.OK;
  }

  private ProbeConfig probeConfig() {
    try {
      return ProbeConfig.published(epochs, seed);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(options.commandLine(), "--epochs: " + e.getMessage(), e);
    }
  }

  /** Before hours of work. */
  private void requireWritable() {
    if (head.isPresent()) {
      Path folder = head.get().toAbsolutePath().getParent();
      if (!Files.isDirectory(folder) || !Files.isWritable(folder)) {
        throw new ParameterException(
            options.commandLine(),
            "--head needs a folder that can be written to, but '%s' is none".formatted(folder));
      }
      if (Files.isDirectory(head.get())) {
        throw new ParameterException(
            options.commandLine(),
            "--head is the name of a file, but '%s' is a folder".formatted(head.get()));
      }
    }
  }

  private String table(LabeledPair pair, ProbeResult result) {
    StringBuilder table = new StringBuilder();
    table.append(
        "%d images classified after %d epochs on %d, %d classes, %s, %d values%n"
            .formatted(
                pair.test().size(),
                epochs,
                pair.train().size(),
                pair.classes().size(),
                features.label(),
                pair.train().dim()));
    table.append("    rate     loss   top-1   top-5%n".formatted());
    List<ProbeResult.Head> best =
        result.heads().stream()
            .sorted(Comparator.comparingDouble(ProbeResult.Head::top1).reversed())
            .limit(PRINTED)
            .toList();
    for (ProbeResult.Head one : best) {
      table.append(
          String.format(
              Locale.ROOT,
              "%8s  %7.4f  %6.2f  %6.2f%n",
              one.rate(),
              one.loss(),
              one.top1(),
              one.top5()));
    }
    return table.toString();
  }

  private ObjectNode json(LabeledPair pair, ProbeResult result) {
    ObjectNode json = JSON.createObjectNode();
    json.put("bank", pair.train().size()).put("queries", pair.test().size());
    json.put("classes", pair.classes().size()).put("dimension", pair.train().dim());
    json.put("features", features.label()).put("epochs", epochs);
    json.set("best", JSON.valueToTree(result.bestHead()));
    json.set("results", JSON.valueToTree(result.heads()));
    return json;
  }
}
