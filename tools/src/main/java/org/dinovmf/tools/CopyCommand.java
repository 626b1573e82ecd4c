package org.dinovmf.tools;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.dinovmf.savedmodel.Encoder;
import org.dinovmf.tools.embed.EmbedConfig;
import org.dinovmf.tools.embed.ImageRow;
import org.dinovmf.tools.features.FeatureKind;
import org.dinovmf.tools.features.FeatureStore;
import org.dinovmf.tools.features.Framing;
import org.dinovmf.training.Devices;
import org.dinovmf.training.data.DataException;
import org.dinovmf.training.data.ImageIndexer;
import org.dinovmf.training.eval.retrieval.CopyDetection;
import org.dinovmf.training.eval.retrieval.RetrievalScores;
import org.dinovmf.training.eval.retrieval.Whitening;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code dino-vmf eval copy}: originals of copied images. */
@Command(
    name = "copy",
    mixinStandardHelpOptions = true,
    description = {
      "Originals of copied images.",
      "Finds the original of each copy by class token and generalized mean of the patches: mean",
      "average precision among the nearest 20, as on Copydays (Caron et al. 2021, section 4.2.2).",
      "Names of files tell what belongs together: their first 4 characters are equal."
    },
    footer = {
      "",
      "Example:",
      "  dino-vmf eval copy --run runs/a --originals copydays/original --copies copydays/strong"
    })
public final class CopyCommand implements Callable<Integer> {

  private static final ObjectMapper JSON = ResultJson.mapper();

  /** Characters of a name of Copydays that stand for the original. */
  private static final int ID_LENGTH = 4;

  @Mixin private EvaluationOptions options;

  @Option(
      names = "--originals",
      paramLabel = "DIR",
      required = true,
      description = "Images that were copied.")
  private Path originals;

  @Option(names = "--copies", paramLabel = "DIR", required = true, description = "Their copies.")
  private Path copies;

  @Option(
      names = "--distractors",
      paramLabel = "DIR",
      description = "Images of which there are no copies, to make the search harder.")
  private Optional<Path> distractors;

  @Option(
      names = "--whitening",
      paramLabel = "DIR",
      description = "Other images, by whose features all are whitened; best more than 2 per value.")
  private Optional<Path> whitening;

  @Option(
      names = "--image-size",
      paramLabel = "PIXELS",
      defaultValue = "320",
      description = "Images are resized to a square of this side (default: ${DEFAULT-VALUE}).")
  private int imageSize;

  @Override
  public Integer call() throws IOException {
    EmbedConfig config = options.config();
    FeatureStore store = options.open(config);
    try (Encoder encoder = store.encoder()) {
      int patch = encoder.spec().encoder().patchSize();
      WholePatches.require("--image-size", imageSize, patch, options.commandLine());
      ImageFeatures found = features(store, originals, "--originals");
      ImageFeatures searched = features(store, copies, "--copies");
      List<String> ids = ids(found);
      List<String> copyIds = ids(searched);
      List<float[]> database = new ArrayList<>(found.features());
      if (distractors.isPresent()) {
        ImageFeatures others = features(store, distractors.get(), "--distractors");
        database.addAll(others.features());
        others.paths().forEach(path -> ids.add(""));
      }
      List<float[]> queries = searched.features();
      if (whitening.isPresent()) {
        Whitening learned =
            Whitening.learn(
                features(store, whitening.get(), "--whitening").features(),
                Devices.session(config.threads(), true));
        database = database.stream().map(learned::apply).toList();
        queries = queries.stream().map(learned::apply).toList();
      }
      RetrievalScores scores =
          CopyDetection.evaluate(database, ids, queries, copyIds, config.threads());
      if (scores.queries() == 0) {
        throw new DataException(
            "no copy has an original whose name begins with the same %d characters; one copy is '%s', one original '%s'"
                .formatted(ID_LENGTH, searched.paths().get(0), found.paths().get(0)));
      }
      print(database.size(), queries.size(), scores);
    }
    return ExitCode.OK;
  }

  private ImageFeatures features(FeatureStore store, Path folder, String option)
      throws IOException {
    EmbedConfig config = store.config();
    List<ImageRow> rows =
        ImageRow.of(ImageIndexer.scan(List.of(folder), config.limits(), config.threads()));
    return ImageFeatures.of(
        store,
        rows,
        new FeatureKind.ClassAndGem(),
        new Framing.Square(imageSize),
        option,
        options.err());
  }

  private static List<String> ids(ImageFeatures images) {
    List<String> ids = new ArrayList<>();
    for (String path : images.paths()) {
      String name = path.substring(path.lastIndexOf('/') + 1);
      ids.add(name.substring(0, Math.min(ID_LENGTH, name.length())));
    }
    return ids;
  }

  private void print(int database, int copies, RetrievalScores scores) throws IOException {
    String table =
        String.format(
            Locale.ROOT,
            "%d of %d copies have an original among %d images%nmAP  %6.2f%n",
            scores.queries(),
            copies,
            database,
            scores.map());
    ObjectNode json = JSON.createObjectNode();
    json.put("database", database).put("copies", copies).put("queries", scores.queries());
    json.put("map", scores.map());
    options.print(table, json);
  }
}
