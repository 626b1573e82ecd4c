package org.dinovmf.tools;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.dinovmf.tools.embed.EmbedConfig;
import org.dinovmf.tools.features.FeatureKind;
import org.dinovmf.training.eval.Knn;
import org.dinovmf.training.eval.KnnAccuracy;
import org.dinovmf.training.eval.KnnConfig;
import org.dinovmf.training.eval.LabeledFeatures;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code dino-vmf eval knn}: weighted nearest-neighbor classification. */
@Command(
    name = "knn",
    mixinStandardHelpOptions = true,
    description = {
      "Weighted nearest-neighbor classification.",
      "Classifies the images of --val by the weighted votes of their nearest neighbors among those",
      "of --train, by cosine of the embeddings, temperature 0.07 (Caron et al. 2021, section 4.1)."
    },
    footer = {"", "Example:", "  dino-vmf eval knn --run runs/a --train data/train --val data/val"})
public final class KnnCommand implements Callable<Integer> {

  private static final ObjectMapper JSON = ResultJson.mapper();

  @Mixin private EvaluationOptions options;
  @Mixin private LabeledSetOptions sets;

  @Option(
      names = "--k",
      paramLabel = "K",
      split = ",",
      defaultValue = "10,20,100,200",
      description = "Numbers of neighbors, with commas (default: ${DEFAULT-VALUE}).")
  private List<Integer> ks;

  @Override
  public Integer call() throws IOException {
    EmbedConfig config = options.config();
    KnnConfig knn = knnConfig(config.threads());
    LabeledSets images = sets.scan(config);
    LabeledPair pair = LabeledPair.of(options, config, images, new FeatureKind.ClassToken());
    print(
        pair.train(),
        pair.test(),
        pair.classes().size(),
        Knn.evaluate(pair.train(), pair.test(), knn));
    return ExitCode.OK;
  }

  private KnnConfig knnConfig(int threads) {
    try {
      return KnnConfig.published(ks, threads);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(options.commandLine(), "--k: " + e.getMessage(), e);
    }
  }

  private void print(
      LabeledFeatures train, LabeledFeatures val, int classes, List<KnnAccuracy> accuracies)
      throws IOException {
    ObjectNode json = JSON.createObjectNode();
    json.put("train", train.size()).put("val", val.size());
    json.put("classes", classes).put("dimension", train.dim());
    json.set("results", JSON.valueToTree(accuracies));
    StringBuilder table = new StringBuilder();
    table.append(
        "%d images classified by the votes of %d, %d classes%n"
            .formatted(val.size(), train.size(), classes));
    table.append("   k   top-1   top-5%n".formatted());
    for (KnnAccuracy accuracy : accuracies) {
      table.append(
          String.format(
              Locale.ROOT, "%4d  %6.2f  %6.2f%n", accuracy.k(), accuracy.top1(), accuracy.top5()));
    }
    options.print(table.toString(), json);
  }
}
