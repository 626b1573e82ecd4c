package org.dinovmf.training.weights;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.dinovmf.training.checkpoint.AtomicFile;
import org.dinovmf.training.checkpoint.CheckpointException;

/**
 * What became of the weights of a file, kept in {@code import.json} of the run.
 *
 * @param source the file
 * @param mapped weights of the run that have a value of the file
 * @param renamed keys of the file by the published name that they were taken for
 * @param filled weights that the file does not have and that are 0 there
 * @param resized what is brought to another size when the network runs
 * @param fresh weights that start anew
 * @param leftOver keys of the file that were not taken
 * @param notes what else a user should know
 * @param posteriors what the normalizer changes, where there are prototypes
 */
public record ImportReport(
    String source,
    List<String> mapped,
    Map<String, String> renamed,
    List<String> filled,
    List<String> resized,
    List<String> fresh,
    List<String> leftOver,
    List<String> notes,
    List<PosteriorChange> posteriors) {

  /** In the folder of a run. */
  public static final String FILE_NAME = "import.json";

  private static final String HEAD = "/head/";
  private static final int SHOWN = 4;
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  public ImportReport {
    mapped = List.copyOf(mapped);
    renamed = new TreeMap<>(renamed);
    filled = List.copyOf(filled);
    resized = List.copyOf(resized);
    fresh = List.copyOf(fresh);
    leftOver = List.copyOf(leftOver);
    notes = List.copyOf(notes);
    posteriors = List.copyOf(posteriors);
  }

  /** Whether the head of the run is that of the file. */
  public boolean hasHead() {
    return mapped.stream().anyMatch(name -> name.contains(HEAD));
  }

  /** Writes the report into the folder of the run. */
  public void write(Path run) throws IOException {
    byte[] json = JSON.writeValueAsBytes(this);
    AtomicFile.write(run.resolve(FILE_NAME), out -> out.write(json));
  }

  /** The report of an imported run; empty for one that was trained from the start. */
  public static Optional<ImportReport> read(Path run) throws IOException {
    Path file = run.resolve(FILE_NAME);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(JSON.readValue(Files.readAllBytes(file), ImportReport.class));
    } catch (JsonProcessingException e) {
      throw new CheckpointException(
          "'%s' cannot be read: %s".formatted(file, e.getOriginalMessage()), e);
    }
  }

  /** For people; names in full stand in the file. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    add(lines, "mapped", mapped);
    add(
        lines,
        "renamed",
        renamed.entrySet().stream().map(e -> e.getKey() + " -> " + e.getValue()).toList());
    add(lines, "filled with 0", filled);
    add(lines, "resized", resized);
    add(lines, "fresh", fresh);
    add(lines, "left over", leftOver);
    notes.forEach(note -> lines.add("note: " + note));
    posteriors.forEach(change -> lines.add("the normalizer would change, at " + change.line()));
    return lines;
  }

  private static void add(List<String> lines, String what, List<String> names) {
    if (!names.isEmpty()) {
      String shown = String.join(", ", names.subList(0, Math.min(SHOWN, names.size())));
      lines.add(
          "%s: %d (%s%s)"
              .formatted(what, names.size(), shown, names.size() > SHOWN ? ", ..." : ""));
    }
  }
}
