package org.dinovmf.tools.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What {@link MetricsFile} wrote of a run, by names.
 *
 * @param reports of the training steps
 * @param evaluations after epochs
 */
public record MetricsLog(List<Line> reports, List<Line> evaluations) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String OF_EVALUATION = "knn_top1";

  public MetricsLog {
    reports = List.copyOf(reports);
    evaluations = List.copyOf(evaluations);
  }

  /**
   * One line.
   *
   * @param values numbers by their names; one that was not finite is missing
   */
  public record Line(long step, double epoch, Map<String, Double> values) {

    public Line {
      values = Map.copyOf(values);
    }

    /** The number of the given name, where the line has it. */
    public OptionalDouble get(String name) {
      return values.containsKey(name)
          ? OptionalDouble.of(values.get(name))
          : OptionalDouble.empty();
    }
  }

  /**
   * Reads the file of a run; without one the log is empty. Lines that are not whole are left out.
   */
  public static MetricsLog read(Path run) throws IOException {
    Path file = run.resolve(MetricsFile.FILE_NAME);
    List<Line> reports = new ArrayList<>();
    List<Line> evaluations = new ArrayList<>();
    if (Files.exists(file)) {
      try (BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
        for (String text = lines.readLine(); text != null; text = lines.readLine()) {
          JsonNode node = parse(text);
          if (node.path("step").isNumber()) {
            (node.has(OF_EVALUATION) ? evaluations : reports).add(line(node));
          }
        }
      }
    }
    return new MetricsLog(reports, evaluations);
  }

  private static JsonNode parse(String text) throws IOException {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      return JSON.missingNode(); // half a line of a run that was killed or goes on
    }
  }

  private static Line line(JsonNode node) {
    Map<String, Double> values = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      if (field.getValue().isNumber()) {
        values.put(field.getKey(), field.getValue().doubleValue());
      }
    }
    return new Line(node.get("step").longValue(), node.path("epoch").doubleValue(), values);
  }
}
