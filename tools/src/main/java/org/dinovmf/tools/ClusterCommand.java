package org.dinovmf.tools;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.dinovmf.savedmodel.Encoder;
import org.dinovmf.tools.embed.EmbedConfig;
import org.dinovmf.tools.features.FeatureStore;
import org.dinovmf.tools.features.Framing;
import org.dinovmf.tools.features.PrototypeNumber;
import org.dinovmf.training.eval.LabeledFeatures;
import org.dinovmf.training.eval.cluster.ClusterScores;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code dino-vmf eval cluster}: prototypes as clusters. */
@Command(
    name = "cluster",
    mixinStandardHelpOptions = true,
    description = {
      "Prototypes as clusters.",
      "Takes the prototype with the highest posterior for the cluster of an image, and compares",
      "clusters with classes: NMI, adjusted Rand index, Fowlkes-Mallows, purity, and accuracy where",
      "each cluster stands for at most one class and each class for at most one cluster (Zhou et al.",
      "2022, section 4.4). Needs the head: a run, or a model whose prototypes have a normalizer."
    },
    footer = {"", "Example:", "  dino-vmf eval cluster --run runs/a --data data/val"})
public final class ClusterCommand implements Callable<Integer> {

  private static final ObjectMapper JSON = ResultJson.mapper();

  @Mixin private EvaluationOptions options;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      required = true,
      description = "Labeled images; may be given again.")
  private List<Path> data;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = "path,label of the images (default: the first folder is the label).")
  private Optional<Path> labels;

  @Override
  public Integer call() throws IOException {
    EmbedConfig config = options.config();
    LabeledImages images = LabeledImages.scan(data, labels, config.limits(), config.threads());
    FeatureStore store = options.open(config);
    try (Encoder encoder = store.encoder()) {
      LabeledFeatures found =
          LabeledRows.of(
                  store,
                  images,
                  LabeledSets.numbers(images.labels()),
                  PrototypeNumber.of(encoder),
                  new Framing.Evaluation(encoder.spec().transform()),
                  "--data",
                  options.err())
              .features();
      int[] clusters = new int[found.size()];
      int[] classes = new int[found.size()];
      for (int i = 0; i < clusters.length; i++) {
        clusters[i] = (int) found.features().get(i)[0];
        classes[i] = found.labels().get(i);
      }
      print(clusters.length, ClusterScores.of(clusters, classes));
    }
    return ExitCode.OK;
  }

  private void print(int images, ClusterScores scores) throws IOException {
    String table =
        String.format(
            Locale.ROOT,
            """
            %d images, %d classes, %d prototypes used
            NMI                 %6.4f
            adjusted Rand       %6.4f
            Fowlkes-Mallows     %6.4f
            purity              %6.4f
            accuracy, matched   %6.4f
            """,
            images,
            scores.classes(),
            scores.clusters(),
            scores.nmi(),
            scores.ari(),
            scores.fowlkesMallows(),
            scores.purity(),
            scores.hungarianAccuracy());
    ObjectNode json = JSON.createObjectNode().put("images", images);
    json.setAll((ObjectNode) JSON.valueToTree(scores));
    options.print(table, json);
  }
}
