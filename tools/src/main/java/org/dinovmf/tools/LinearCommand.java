package org.dinovmf.tools;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.IntFunction;
import org.dinovmf.savedmodel.Encoder;
import org.dinovmf.tools.embed.EmbedConfig;
import org.dinovmf.tools.embed.TestPattern;
import org.dinovmf.tools.features.FeatureKind;
import org.dinovmf.tools.features.FeatureStore;
import org.dinovmf.tools.features.Framing;
import org.dinovmf.training.Devices;
import org.dinovmf.training.eval.LabeledFeatures;
import org.dinovmf.training.eval.linear.LinearProbe;
import org.dinovmf.training.eval.linear.ProbeConfig;
import org.dinovmf.training.eval.linear.ProbeResult;
import org.dinovmf.training.weights.LinearHeadFile;
import org.dinovmf.training.weights.SavedHead;
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

  private static final ObjectMapper JSON = ResultJson.mapper();

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
      defaultValue = "" + ProbeConfig.EPOCHS,
      description = "Passes over the features (default: ${DEFAULT-VALUE}, as published).")
  private int epochs;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Seed of the start, of the order of images and of --augment (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--augment",
      description = {
        "Trains on a random crop of 8 to 100 %% of each image, mirrored half the time, as published:",
        "another in each epoch, so that each costs as much as all features without it. --cache",
        "keeps those of --val alone."
      })
  private boolean isAugmented;

  @Option(
      names = "--head",
      paramLabel = "FILE",
      description = {
        "Where the best head is written, as safetensors: weight, bias, class names. export",
        "savedmodel --head serves it."
      })
  private Optional<Path> head;

  @Override
  public Integer call() throws IOException {
    EmbedConfig config = options.config();
    ProbeConfig probe = probeConfig();
    requireWritable();
    LabeledSets images = sets.scan(config);
    FeatureStore store = options.open(config);
    ProbeResult result;
    float[] testEmbedding;
    try (Encoder encoder = store.encoder()) {
      List<String> classes = images.classes();
      Map<String, Integer> numbers = LabeledSets.numbers(classes);
      result =
          LinearProbe.run(
              trainFeatures(store, images.train(), numbers),
              squares(store, images.test(), numbers, "--val"),
              classes,
              features.label(),
              probe,
              Devices.session(config.threads(), true),
              Progress.lines(options.err(), "epochs", epochs));
      testEmbedding = TestPattern.embedding(encoder);
    }
    options.print(table(result), json(result));
    if (head.isPresent()) {
      LinearHeadFile.write(head.get(), new SavedHead(result.best(), testEmbedding));
      options.err().printf("the best head is in '%s'%n", head.get());
    }
    return ExitCode.OK;
  }

  private IntFunction<LabeledFeatures> trainFeatures(
      FeatureStore store, LabeledImages images, Map<String, Integer> numbers) throws IOException {
    if (isAugmented) {
      return new AugmentedFeatures(store, images, numbers, features, seed, options.err());
    }
    LabeledFeatures same = squares(store, images, numbers, "--train");
    return epoch -> same;
  }

  /** Features of the square that the encoder is evaluated with. */
  private LabeledFeatures squares(
      FeatureStore store, LabeledImages images, Map<String, Integer> numbers, String option)
      throws IOException {
    Framing framing = new Framing.Evaluation(store.encoder().spec().transform());
    return LabeledRows.of(store, images, numbers, features, framing, option, options.err())
        .features();
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

  private String table(ProbeResult result) {
    StringBuilder table = new StringBuilder();
    table.append(
        "%d images classified after %d epochs on %d%s, %d classes, %s, %d values%n"
            .formatted(
                result.tested(),
                epochs,
                result.trained(),
                isAugmented ? " by random crops" : "",
                result.best().classes().size(),
                features.label(),
                result.best().dim()));
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

  private ObjectNode json(ProbeResult result) {
    ObjectNode json = JSON.createObjectNode();
    json.put("train", result.trained()).put("val", result.tested());
    json.put("classes", result.best().classes().size()).put("dimension", result.best().dim());
    json.put("features", features.label()).put("epochs", epochs).put("augmented", isAugmented);
    json.set("best", JSON.valueToTree(result.bestHead()));
    json.set("results", JSON.valueToTree(result.heads()));
    return json;
  }
}
