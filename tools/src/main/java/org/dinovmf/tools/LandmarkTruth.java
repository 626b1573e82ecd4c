package org.dinovmf.tools;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.dinovmf.tools.embed.EmbedConfig;
import org.dinovmf.tools.embed.ImageRow;
import org.dinovmf.training.data.DataException;
import org.dinovmf.training.data.ImageFile;
import org.dinovmf.training.data.ImageIndexer;
import org.dinovmf.training.eval.retrieval.Relevance;

/**
 * Ground truth of the revisited Oxford or Paris set: {@code imlist} and {@code qimlist} with names
 * of images without their ending, and {@code gnd} with positions in {@code imlist} for each query:
 * {@code easy}, {@code hard}, {@code junk}. Boxes around the buildings are not used, as Caron et
 * al. 2021 do not.
 *
 * @param images names in the database
 * @param queries names of the queries
 * @param relevance of each query
 */
record LandmarkTruth(List<String> images, List<String> queries, List<Relevance> relevance) {

  private static final JsonMapper JSON = new JsonMapper();
  private static final String ENDING = ".jpg";

  LandmarkTruth {
    images = List.copyOf(images);
    queries = List.copyOf(queries);
    relevance = List.copyOf(relevance);
  }

  /**
   * Reads a file.
   *
   * @throws DataException if it holds something else
   */
  static LandmarkTruth read(Path file) throws IOException {
    JsonNode root;
    try {
      root = JSON.readTree(Files.readString(file, StandardCharsets.UTF_8));
    } catch (JsonProcessingException | CharacterCodingException e) {
      throw new DataException(
          "'%s' must be JSON; eval retrieval --help says how a pickle becomes it".formatted(file),
          e);
    }
    List<String> images = names(file, root, "imlist");
    List<String> queries = names(file, root, "qimlist");
    List<Relevance> relevance = new ArrayList<>();
    for (JsonNode query : root.path("gnd")) {
      relevance.add(
          new Relevance(
              positions(file, query, "easy", images.size()),
              positions(file, query, "hard", images.size()),
              positions(file, query, "junk", images.size())));
    }
    if (relevance.size() != queries.size()) {
      throw new DataException(
          "'%s' must have an answer in 'gnd' for each name in 'qimlist': %d names, %d answers"
              .formatted(file, queries.size(), relevance.size()));
    }
    return new LandmarkTruth(images, queries, relevance);
  }

  private static List<String> names(Path file, JsonNode root, String key) {
    List<String> names = new ArrayList<>();
    for (JsonNode name : root.path(key)) {
      names.add(name.asText());
    }
    if (names.isEmpty()) {
      throw new DataException("'%s' must have names in '%s', but has none".formatted(file, key));
    }
    return names;
  }

  private static List<Integer> positions(Path file, JsonNode query, String key, int images) {
    List<Integer> positions = new ArrayList<>();
    if (!query.path(key).isArray()) {
      throw new DataException(
          "'%s' must have a list '%s' for each query in 'gnd'".formatted(file, key));
    }
    for (JsonNode position : query.path(key)) {
      if (!position.isInt() || position.intValue() < 0 || position.intValue() >= images) {
        throw new DataException(
            "'%s' must have positions in [0, %d) in '%s', but one is %s"
                .formatted(file, images, key, position));
      }
      positions.add(position.intValue());
    }
    return positions;
  }

  /** The images of names, in their order. */
  List<ImageRow> rows(Path folder, List<String> names, EmbedConfig config) throws IOException {
    Map<String, ImageFile> byPath = new HashMap<>();
    ImageIndexer.scan(List.of(folder), config.limits(), config.threads())
        .images()
        .forEach(image -> byPath.put(image.relativePath(), image));
    List<ImageRow> rows = new ArrayList<>();
    for (String name : names) {
      ImageFile image = byPath.get(name + ENDING);
      if (image == null) {
        throw new DataException(
            "'%s' must hold the image '%s%s' that the ground truth names, but does not, or it is damaged"
                .formatted(folder, name, ENDING));
      }
      rows.add(ImageRow.of(image));
    }
    return rows;
  }
}
