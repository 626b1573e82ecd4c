package org.dinovmf.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.dinovmf.graph.VitExtras;
import org.dinovmf.ops.Precision;
import org.dinovmf.training.checkpoint.AtomicFile;
import org.dinovmf.training.checkpoint.CheckpointException;
import org.dinovmf.training.method.Method;
import org.dinovmf.training.schedule.ScheduleConfig;

/**
 * What a run is and where it came from, in {@code RUN/run.json}; without it the checkpoints of a
 * run are not read.
 *
 * @param formatVersion see {@link #FORMAT_VERSION}
 * @param provenance versions, time and command, for people
 */
public record RunRecord(
    int formatVersion, TrainConfig config, Data data, Map<String, String> provenance) {

  /** Raised when an older program could not read a newer record. */
  public static final int FORMAT_VERSION = 4;

  /** Knew class tokens and the plain encoder alone: what came later had no effect. */
  private static final int FIRST_VERSION = 1;

  /** Knew products in float32 alone. */
  private static final int VERSION_OF_ONE_PRECISION = 2;

  /** Kept what blocks computed for their gradients in any case. */
  private static final int VERSION_WITHOUT_CHECKPOINTING = 3;

  /** Of memory and time alone: a run goes on alike with or without it. */
  private static final String CHECKPOINTING = "checkpointsActivations";

  /** In the folder of a run, which it makes a run. */
  public static final String FILE_NAME = "run.json";

  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES);

  /**
   * The images of a run.
   *
   * @param fingerprint of their names and sizes
   * @param sources folders and lists, as they were given
   */
  public record Data(String fingerprint, int images, List<String> sources) {
    public Data {
      sources = List.copyOf(sources);
    }

    /** Of a run whose weights come from elsewhere and that has seen no image yet. */
    public static Data none() {
      return new Data("", 0, List.of());
    }
  }

  public RunRecord {
    provenance = new TreeMap<>(provenance);
  }

  /** A record of this version. */
  public static RunRecord of(TrainConfig config, Data data, Map<String, String> provenance) {
    return new RunRecord(FORMAT_VERSION, config, data, provenance);
  }

  /** Whether a folder holds a run. */
  public static boolean exists(Path run) {
    return Files.exists(run.resolve(FILE_NAME));
  }

  /** Writes the record into the run's folder, aside, forced to disk and then renamed. */
  public void write(Path run) throws IOException {
    byte[] json = JSON.writeValueAsBytes(this);
    AtomicFile.write(run.resolve(FILE_NAME), out -> out.write(json));
  }

  /**
   * Reads the record of a run.
   *
   * @throws CheckpointException if there is none, or it cannot be read
   */
  public static RunRecord read(Path run) throws IOException {
    Path file = run.resolve(FILE_NAME);
    if (!Files.isRegularFile(file)) {
      throw new CheckpointException("'%s' is not a run: it holds no %s".formatted(run, FILE_NAME));
    }
    try {
      JsonNode tree = JSON.readTree(Files.readAllBytes(file));
      JsonNode version = tree.path("formatVersion");
      if (!version.isInt()) {
        throw new CheckpointException("'%s' cannot be read: it has no version".formatted(file));
      }
      // Before the rest is read, which a newer program may have given other fields.
      if (version.intValue() > FORMAT_VERSION || version.intValue() < FIRST_VERSION) {
        throw new CheckpointException(
            "'%s' has format version %d, but this program reads versions %d to %d; use the newer program that wrote it"
                .formatted(file, version.intValue(), FIRST_VERSION, FORMAT_VERSION));
      }
      if (version.intValue() <= VERSION_WITHOUT_CHECKPOINTING) {
        ObjectNode batch = JSON.createObjectNode().put(CHECKPOINTING, false);
        complete(tree.path("config").path("batch"), batch);
      }
      if (version.intValue() <= VERSION_OF_ONE_PRECISION) {
        ObjectNode model = JSON.createObjectNode();
        model.set("precision", JSON.valueToTree(Precision.FLOAT32));
        complete(tree.path("config").path("model"), model);
      }
      if (version.intValue() == FIRST_VERSION) {
        JsonNode config = tree.path("config");
        ObjectNode encoder = JSON.createObjectNode();
        encoder.set("extras", JSON.valueToTree(VitExtras.none()));
        complete(config.path("model").path("encoder"), encoder);
        complete(config.path("model").path("method"), JSON.valueToTree(Method.dino()));
        complete(config.path("schedule"), JSON.valueToTree(ScheduleConfig.dino()));
      }
      return JSON.treeToValue(tree, RunRecord.class);
    } catch (JsonProcessingException e) {
      throw new CheckpointException(
          "'%s' cannot be read: %s".formatted(file, e.getOriginalMessage()), e);
    }
  }

  /** Adds the fields that are not there; what is no object is left to the reader. */
  private static void complete(JsonNode node, ObjectNode standard) {
    if (node instanceof ObjectNode object) {
      for (Map.Entry<String, JsonNode> field : standard.properties()) {
        if (!object.has(field.getKey())) {
          object.set(field.getKey(), field.getValue());
        }
      }
    }
  }

  /**
   * Refuses to go on with another configuration or other images; an imported run has none yet.
   *
   * @throws CheckpointException naming everything that differs
   */
  public void requireSame(TrainConfig wanted, Data wantedData) throws CheckpointException {
    List<String> differences = new ArrayList<>();
    Map<String, Object> recorded = flatten(config);
    Map<String, Object> asked = flatten(wanted);
    asked.remove("batch." + CHECKPOINTING);
    asked.forEach(
        (key, value) -> {
          Object before = recorded.get(key);
          if (!value.equals(before)) {
            differences.add("%s is %s but was %s".formatted(key, value, before));
          }
        });
    if (data.images() > 0 && !data.fingerprint().equals(wantedData.fingerprint())) {
      differences.add(
          "the images differ: %d now, %d then, fingerprint %s instead of %s"
              .formatted(
                  wantedData.images(),
                  data.images(),
                  wantedData.fingerprint(),
                  data.fingerprint()));
    }
    if (!differences.isEmpty()) {
      throw new CheckpointException(
          "the run cannot be resumed with other settings; start another run, or set back: "
              + String.join("; ", differences));
    }
  }

  /** Every setting by its path in the record, such as {@code batch.batchSize}, as text. */
  public Map<String, String> settings() {
    Map<String, String> settings = new TreeMap<>();
    flatten(config).forEach((path, value) -> settings.put(path, String.valueOf(value)));
    return settings;
  }

  private static Map<String, Object> flatten(TrainConfig config) {
    Map<String, Object> flat = new TreeMap<>();
    flatten("", JSON.convertValue(config, Map.class), flat);
    return flat;
  }

  private static void flatten(String prefix, Map<?, ?> nested, Map<String, Object> flat) {
    nested.forEach(
        (key, value) -> {
          if (value instanceof Map<?, ?> inner) {
            flatten(prefix + key + ".", inner, flat);
          } else {
            flat.put(prefix + key, value);
          }
        });
  }
}
