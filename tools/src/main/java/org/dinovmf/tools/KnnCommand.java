package org.dinovmf.tools;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.dinovmf.savedmodel.Encoder;
import org.dinovmf.tools.embed.BatchEmbedder;
import org.dinovmf.tools.embed.EmbedConfig;
import org.dinovmf.tools.embed.EmbeddedRow;
import org.dinovmf.training.data.DataException;
import org.dinovmf.training.eval.Knn;
import org.dinovmf.training.eval.KnnAccuracy;
import org.dinovmf.training.eval.KnnConfig;
import org.dinovmf.training.eval.LabeledFeatures;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dino-vmf eval knn}: weighted nearest-neighbor classification. */
@Command(
    name = "knn",
    mixinStandardHelpOptions = true,
    description = {
      "Classifies the images of --val by the weighted votes of their nearest neighbors among those",
      "of --train, by cosine of the embeddings, temperature 0.07 (Caron et al. 2021, section 4.1)."
    },
    footer = {"", "Example:", "  dino-vmf eval knn --run runs/a --train data/train --val data/val"})
public final class KnnCommand implements Callable<Integer> {

  private static final ObjectMapper JSON = new ObjectMapper();

  @Spec private CommandSpec spec;

  @ArgGroup(multiplicity = "1")
  private Source source;

  /** One of the two. */
  private static final class Source {
    @Option(
        names = "--run",
        paramLabel = "RUN",
        description = "Run whose teacher is evaluated, by its newest whole checkpoint.")
    private Optional<Path> run = Optional.empty();

    @Option(names = "--model", paramLabel = "DIR", description = "Exported model to evaluate.")
    private Optional<Path> model = Optional.empty();
  }

  @Option(
      names = "--checkpoint",
      paramLabel = "DIR",
      description = "Checkpoint folder of the run (default: the newest whole one).")
  private Optional<Path> checkpoint;

  @Option(
      names = "--train",
      paramLabel = "DIR",
      required = true,
      description = "Labeled images that vote; may be given again.")
  private List<Path> train;

  @Option(
      names = "--val",
      paramLabel = "DIR",
      required = true,
      description = "Labeled images to classify; may be given again.")
  private List<Path> val;

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

  @Option(
      names = "--k",
      paramLabel = "K",
      split = ",",
      defaultValue = "10,20,100,200",
      description = "Numbers of neighbors, with commas (default: ${DEFAULT-VALUE}).")
  private List<Integer> ks;

  @Option(names = "--json", description = "Print JSON in place of the table.")
  private boolean isJson;

  @Mixin private EncodingOptions encoding;

  @Override
  public Integer call() throws IOException {
    EmbedConfig config = encoding.config(spec.commandLine());
    KnnConfig knn = knnConfig(config.threads());
    LabeledImages bank = LabeledImages.scan(train, labels, config.limits(), config.threads());
    LabeledImages queries = LabeledImages.scan(val, valLabels, config.limits(), config.threads());
    Map<String, Integer> classes = classes(bank, queries);
    try (Encoder encoder = encoder(config.threads());
        BatchEmbedder embedder = new BatchEmbedder(encoder, config)) {
      LabeledFeatures bankFeatures = features("--train", embedder, bank, classes);
      LabeledFeatures queryFeatures = features("--val", embedder, queries, classes);
      print(
          bankFeatures,
          queryFeatures,
          classes.size(),
          Knn.evaluate(bankFeatures, queryFeatures, knn));
    }
    return ExitCode.OK;
  }

  private KnnConfig knnConfig(int threads) {
    try {
      return KnnConfig.published(ks, threads);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--k: " + e.getMessage(), e);
    }
  }

  private Encoder encoder(int threads) throws IOException {
    if (source.model.isPresent()) {
      if (checkpoint.isPresent()) {
        throw new ParameterException(
            spec.commandLine(), "--checkpoint belongs to --run and cannot be given with --model");
      }
      return Encoder.load(source.model.get(), threads);
    }
    PrintWriter err = spec.commandLine().getErr();
    TrainedEncoder trained = TrainedEncoder.of(source.run.orElseThrow(), checkpoint, err::println);
    return Encoder.fromCheckpoint(trained.source(), threads);
  }

  /** Numbers for the names of both sides. */
  private static Map<String, Integer> classes(LabeledImages bank, LabeledImages queries) {
    TreeSet<String> names = new TreeSet<>(bank.labels());
    names.addAll(queries.labels());
    Map<String, Integer> numbers = new HashMap<>();
    names.forEach(name -> numbers.put(name, numbers.size()));
    return numbers;
  }

  private LabeledFeatures features(
      String option, BatchEmbedder embedder, LabeledImages images, Map<String, Integer> classes)
      throws IOException {
    PrintWriter err = spec.commandLine().getErr();
    List<float[]> features = new ArrayList<>();
    List<Integer> numbers = new ArrayList<>();
    embedder.embed(
        images.rows(),
        0,
        (first, rows) -> {
          for (int i = 0; i < rows.size(); i++) {
            EmbeddedRow row = rows.get(i);
            if (row.isBad()) {
              err.printf("left out: %s: %s%n", images.rows().get(first + i).path(), row.reason());
            } else {
              features.add(row.embedding());
              numbers.add(classes.get(images.labels().get(first + i)));
            }
          }
          return true;
        });
    if (features.isEmpty()) {
      throw new DataException("every image of %s is bad".formatted(option));
    }
    return new LabeledFeatures(features, numbers);
  }

  private void print(
      LabeledFeatures bank, LabeledFeatures queries, int classes, List<KnnAccuracy> accuracies)
      throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (isJson) {
      ObjectNode root = JSON.createObjectNode();
      root.put("bank", bank.size()).put("queries", queries.size());
      root.put("classes", classes).put("dimension", bank.dim());
      root.set("results", JSON.valueToTree(accuracies));
      out.println(JSON.writeValueAsString(root));
      return;
    }
    out.printf(
        "%d images classified by the votes of %d, %d classes%n",
        queries.size(), bank.size(), classes);
    out.println("   k   top-1   top-5");
    for (KnnAccuracy accuracy : accuracies) {
      out.println(
          String.format(
              Locale.ROOT, "%4d  %6.2f  %6.2f", accuracy.k(), accuracy.top1(), accuracy.top5()));
    }
  }
}
