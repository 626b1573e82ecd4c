package org.dinovmf.tools;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.dinovmf.tools.embed.EmbedConfig;
import org.dinovmf.tools.features.FeatureKind;
import org.dinovmf.training.eval.linear.FewShot;
import org.dinovmf.training.eval.linear.FewShotResult;
import org.dinovmf.training.eval.linear.FewShotSplits;
import org.dinovmf.training.eval.linear.LogisticConfig;
import org.dinovmf.training.eval.linear.RowScaling;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code dino-vmf eval fewshot}: logistic regression on few labels. */
@Command(
    name = "fewshot",
    mixinStandardHelpOptions = true,
    description = {
      "Logistic regression on few labels.",
      "Fits a logistic regression without intercept on few images of each class of --train and",
      "classifies those of --val: accuracy, mean and deviation over random splits. The loss is the",
      "mean cross-entropy plus lambda / (2 n) |W|^2, at its minimum (Assran et al. 2022, section 4)."
    },
    footer = {
      "",
      "Examples:",
      "  dino-vmf eval fewshot --run runs/a --train data/train --val data/val",
      "As Caron et al. on 1 %% of ImageNet, with its published list of images:",
      "  dino-vmf eval fewshot --run runs/a --train data/train --val data/val \\",
      "    --subset 1percent.txt --rows unit --lambda 0.1"
    })
public final class FewShotCommand implements Callable<Integer> {

  private static final ObjectMapper JSON = ResultJson.mapper();
  private static final double PERCENT = 0.01;

  @Mixin private EvaluationOptions options;
  @Mixin private LabeledSetOptions sets;

  @Option(
      names = "--images",
      paramLabel = "N",
      split = ",",
      defaultValue = "1,2,5,1%",
      description =
          "Images of a class to fit on, or a share with %%, with commas (default: ${DEFAULT-VALUE}).")
  private List<String> amounts;

  @Option(
      names = "--splits",
      paramLabel = "N",
      defaultValue = "3",
      description = "Random splits for each number of images (default: ${DEFAULT-VALUE}).")
  private int splits;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "Seed of the splits (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--subset",
      paramLabel = "FILE",
      description =
          "Names of the images of a split in place of random ones, a line each: paths below --train, "
              + "or file names alone; may be given again, a split each.")
  private List<Path> subsets = List.of();

  @Option(
      names = "--lambda",
      paramLabel = "X",
      defaultValue = "0.0025",
      description = "Weight of the regularization (default: ${DEFAULT-VALUE}).")
  private double lambda;

  @Option(
      names = "--rows",
      paramLabel = "KIND",
      defaultValue = "centered",
      description =
          "What is done to a row of features: centered (its own mean out, then unit length) or unit "
              + "(unit length alone) (default: ${DEFAULT-VALUE}).")
  private RowScaling scaling;

  /** A row of the table. */
  private record Amount(String label, List<int[]> splits) {}

  @Override
  public Integer call() throws IOException {
    EmbedConfig config = options.config();
    LogisticConfig logistic = logisticConfig(config.threads());
    amounts.forEach(this::requireAmount);
    LabeledSets images = sets.scan(config);
    LabeledPair pair = LabeledPair.of(options, config, images, new FeatureKind.ClassToken());
    ArrayNode results = JSON.createArrayNode();
    StringBuilder table = new StringBuilder();
    table.append(
        "%d images classified, %d classes, %s rows, lambda %s%n"
            .formatted(pair.test().size(), pair.classes().size(), scaling, lambda));
    table.append("  images of a class  in all  splits   top-1  deviation%n".formatted());
    for (Amount amount : amounts(pair)) {
      FewShotResult result =
          FewShot.evaluate(pair.train(), pair.test(), amount.splits(), scaling, logistic);
      warnOfSplits(amount.label(), result);
      table.append(
          String.format(
              Locale.ROOT,
              "%19s  %6d  %6d  %6.2f  %9.2f%n",
              amount.label(),
              result.splits().get(0).images(),
              result.splits().size(),
              result.mean(),
              result.deviation()));
      ObjectNode row = results.addObject();
      row.put("images", amount.label()).put("top1", result.mean());
      row.put("deviation", result.deviation());
      row.set("splits", JSON.valueToTree(result.splits()));
    }
    ObjectNode json = JSON.createObjectNode();
    json.put("train", pair.train().size()).put("val", pair.test().size());
    json.put("classes", pair.classes().size()).put("dimension", pair.train().dim());
    json.put("rows", scaling.toString()).put("lambda", lambda);
    json.set("results", results);
    options.print(table.toString(), json);
    return ExitCode.OK;
  }

  private LogisticConfig logisticConfig(int threads) {
    try {
      return LogisticConfig.published(threads).withLambda(lambda);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(options.commandLine(), "--lambda: " + e.getMessage(), e);
    }
  }

  private void requireAmount(String amount) {
    boolean isAmount =
        amount.matches("[1-9][0-9]{0,6}")
            || (amount.matches("[0-9]{1,2}(\\.[0-9]+)?%") && share(amount) > 0);
    if (!isAmount || splits < 1) {
      throw new ParameterException(
          options.commandLine(),
          "--images must be numbers such as 5, or shares such as 1%%, and --splits at least 1: --images %s, --splits %d"
              .formatted(amount, splits));
    }
  }

  private List<Amount> amounts(LabeledPair pair) throws IOException {
    if (!subsets.isEmpty()) {
      List<int[]> listed = new ArrayList<>();
      for (Path subset : subsets) {
        listed.add(SubsetFile.positions(subset, pair.trainPaths()));
      }
      return List.of(new Amount("listed", listed));
    }
    List<Integer> labels = pair.train().labels();
    List<Amount> all = new ArrayList<>();
    for (String amount : amounts) {
      boolean isShare = amount.endsWith("%");
      all.add(
          new Amount(
              amount,
              isShare
                  ? FewShotSplits.share(labels, share(amount), splits, seed)
                  : FewShotSplits.perClass(labels, Integer.parseInt(amount), splits, seed)));
    }
    return all;
  }

  private static double share(String percentage) {
    return PERCENT * Double.parseDouble(percentage.substring(0, percentage.length() - 1));
  }

  private void warnOfSplits(String label, FewShotResult result) {
    long open = result.splits().stream().filter(split -> !split.isConverged()).count();
    if (open > 0) {
      options
          .err()
          .printf(
              "the regression on %s images did not reach its minimum in %d of %d splits; a larger --lambda is easier%n",
              label, open, result.splits().size());
    }
  }
}
