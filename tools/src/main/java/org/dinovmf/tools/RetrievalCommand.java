package org.dinovmf.tools;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.dinovmf.savedmodel.Encoder;
import org.dinovmf.tools.embed.EmbedConfig;
import org.dinovmf.tools.embed.ImageRow;
import org.dinovmf.tools.features.FeatureKind;
import org.dinovmf.tools.features.FeatureStore;
import org.dinovmf.tools.features.Framing;
import org.dinovmf.training.data.DataException;
import org.dinovmf.training.eval.LabeledFeatures;
import org.dinovmf.training.eval.retrieval.Difficulty;
import org.dinovmf.training.eval.retrieval.Retrieval;
import org.dinovmf.training.eval.retrieval.RetrievalScores;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code dino-vmf eval retrieval}: images found by images. */
@Command(
    name = "retrieval",
    mixinStandardHelpOptions = true,
    description = {
      "Images found by images.",
      "Ranks the images of --database by cosine to each query: mean average precision and precision",
      "at 1, 5 and 10. Queries are those of --queries, or each image against all others; right is",
      "what has the same label. With --gnd, the revisited Oxford and Paris sets at three difficulties",
      "(Radenovic et al. 2018): images are names in --database that end in .jpg, seen whole."
    },
    footer = {
      "",
      "Examples:",
      "  dino-vmf eval retrieval --run runs/a --database data/val",
      "  dino-vmf eval retrieval --run runs/a --database roxford5k/jpg --gnd gnd_roxford5k.json \\",
      "    --image-size 512 --multi-scale",
      "The published ground truth is a Python pickle, which a program must run to read; turn it into",
      "JSON where you trust it:",
      "  python3 -c \"import json,pickle,sys; print(json.dumps(pickle.load(open(sys.argv[1],'rb')),",
      "    default=lambda a: a.tolist()))\" gnd_roxford5k.pkl > gnd_roxford5k.json"
    })
public final class RetrievalCommand implements Callable<Integer> {

  private static final ObjectMapper JSON = ResultJson.mapper();

  /** Published for Oxford; Paris has 512 and several scales. */
  private static final int LANDMARK_SIDE = 224;

  private static final List<Double> SCALES = List.of(1.0, Math.sqrt(0.5), 0.5);

  @Mixin private EvaluationOptions options;

  @Option(
      names = "--database",
      paramLabel = "DIR",
      required = true,
      description = "Images to be found.")
  private Path database;

  @Option(
      names = "--queries",
      paramLabel = "DIR",
      description = "Labeled images to search by (default: those of --database).")
  private Optional<Path> queries;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = "path,label of the images of --database (default: the first folder).")
  private Optional<Path> labels;

  @Option(
      names = "--query-labels",
      paramLabel = "FILE",
      description = "path,label of the images of --queries (default: the first folder).")
  private Optional<Path> queryLabels;

  @Option(
      names = "--gnd",
      paramLabel = "FILE",
      description = "Ground truth of revisited Oxford or Paris, as JSON; see below.")
  private Optional<Path> gnd;

  @Option(
      names = "--image-size",
      paramLabel = "PIXELS",
      description =
          "Images are seen whole, the longer side at most this (default: 224 with --gnd, else the "
              + "square of the other evaluations).")
  private Optional<Integer> imageSize;

  @Option(
      names = "--multi-scale",
      description = "Averages the features at the scales 1, 0.71 and 0.5; needs --image-size.")
  private boolean isMultiScale;

  @Override
  public Integer call() throws IOException {
    if (isMultiScale && imageSize.isEmpty()) {
      throw new ParameterException(options.commandLine(), "--multi-scale needs --image-size");
    }
    if (gnd.isPresent() && (queries.isPresent() || labels.isPresent())) {
      throw new ParameterException(
          options.commandLine(),
          "--gnd has the queries and the answers; leave out --queries and --labels");
    }
    if (queryLabels.isPresent() && queries.isEmpty()) {
      throw new ParameterException(
          options.commandLine(), "--query-labels are of the images of --queries, which is missing");
    }
    EmbedConfig config = options.config();
    Map<String, RetrievalScores> scores =
        gnd.isPresent() ? ofLandmarks(config, gnd.get()) : ofClasses(config);
    if (scores.values().stream().allMatch(score -> score.queries() == 0)) {
      throw new DataException(
          "no query has another image of its class to be found: each needs a class of at least 2 images, or one that --queries and --database share");
    }
    print(scores);
    return ExitCode.OK;
  }

  private Map<String, RetrievalScores> ofLandmarks(EmbedConfig config, Path truth)
      throws IOException {
    LandmarkTruth landmarks = LandmarkTruth.read(truth);
    List<ImageRow> images = landmarks.rows(database, landmarks.images(), config);
    List<ImageRow> searched = landmarks.rows(database, landmarks.queries(), config);
    FeatureStore store = options.open(config);
    try (Encoder encoder = store.encoder()) {
      List<Framing> framings = framings(encoder, Optional.of(imageSize.orElse(LANDMARK_SIDE)));
      List<float[]> bank = whole(features(store, images, framings, "--database"), images);
      List<float[]> rows = whole(features(store, searched, framings, "--gnd"), searched);
      Map<String, RetrievalScores> scores = new LinkedHashMap<>();
      for (Difficulty difficulty : Difficulty.values()) {
        scores.put(
            difficulty.toString(),
            Retrieval.revisited(bank, rows, landmarks.relevance(), difficulty, config.threads()));
      }
      return scores;
    }
  }

  /** The ground truth speaks of positions, so that none may be missing. */
  private static List<float[]> whole(ImageFeatures found, List<ImageRow> images)
      throws IOException {
    if (found.paths().size() != images.size()) {
      throw new DataException(
          "every image that --gnd names must be readable, but %d of %d are not; they are named above"
              .formatted(images.size() - found.paths().size(), images.size()));
    }
    return found.features();
  }

  private Map<String, RetrievalScores> ofClasses(EmbedConfig config) throws IOException {
    LabeledImages images =
        LabeledImages.scan(List.of(database), labels, config.limits(), config.threads());
    Optional<LabeledImages> searched =
        queries.isPresent()
            ? Optional.of(
                LabeledImages.scan(
                    List.of(queries.get()), queryLabels, config.limits(), config.threads()))
            : Optional.empty();
    TreeSet<String> names = new TreeSet<>(images.labels());
    searched.ifPresent(others -> names.addAll(others.labels()));
    Map<String, Integer> numbers = LabeledSets.numbers(List.copyOf(names));
    FeatureStore store = options.open(config);
    try (Encoder encoder = store.encoder()) {
      List<Framing> framings = framings(encoder, imageSize);
      LabeledFeatures bank = labeled(store, images, numbers, framings, "--database");
      if (searched.isEmpty()) {
        return Map.of("classes", Retrieval.amongThemselves(bank, config.threads()));
      }
      LabeledFeatures rows = labeled(store, searched.get(), numbers, framings, "--queries");
      return Map.of("classes", Retrieval.byClass(bank, rows, config.threads()));
    }
  }

  private List<Framing> framings(Encoder encoder, Optional<Integer> side) {
    if (side.isEmpty()) {
      return List.of(new Framing.Evaluation(encoder.spec().transform()));
    }
    List<Framing> framings = new ArrayList<>();
    for (double scale : isMultiScale ? SCALES : SCALES.subList(0, 1)) {
      try {
        framings.add(new Framing.Bounded(side.get(), scale, encoder.spec().encoder().patchSize()));
      } catch (IllegalArgumentException e) {
        throw new ParameterException(options.commandLine(), "--image-size: " + e.getMessage(), e);
      }
    }
    return framings;
  }

  private ImageFeatures features(
      FeatureStore store, List<ImageRow> images, List<Framing> framings, String option)
      throws IOException {
    FeatureKind kind = new FeatureKind.ClassToken();
    ImageFeatures sum =
        ImageFeatures.of(store, images, kind, framings.get(0), option, options.err());
    for (Framing framing : framings.subList(1, framings.size())) {
      sum = sum.plus(ImageFeatures.of(store, images, kind, framing, option, options.err()));
    }
    return sum;
  }

  private LabeledFeatures labeled(
      FeatureStore store,
      LabeledImages images,
      Map<String, Integer> numbers,
      List<Framing> framings,
      String option)
      throws IOException {
    return LabeledRows.of(features(store, images.rows(), framings, option), images, numbers)
        .features();
  }

  private void print(Map<String, RetrievalScores> scores) throws IOException {
    StringBuilder table = new StringBuilder();
    table.append("         queries     mAP    mP@1    mP@5   mP@10%n".formatted());
    for (Map.Entry<String, RetrievalScores> row : scores.entrySet()) {
      RetrievalScores score = row.getValue();
      table.append(
          String.format(
              Locale.ROOT,
              "%-8s %7d  %6.2f  %6.2f  %6.2f  %6.2f%n",
              row.getKey(),
              score.queries(),
              score.map(),
              score.precisionAt1(),
              score.precisionAt5(),
              score.precisionAt10()));
    }
    ObjectNode json = JSON.createObjectNode();
    json.set("results", JSON.valueToTree(scores));
    options.print(table.toString(), json);
  }
}
