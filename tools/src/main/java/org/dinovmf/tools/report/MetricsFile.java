package org.dinovmf.tools.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.OptionalLong;
import org.dinovmf.training.TrainListener;
import org.dinovmf.training.eval.KnnAccuracy;

/**
 * {@code RUN/metrics.jsonl}: one JSON object a line, for each report and each evaluation, in the
 * order of the steps. A number that is not finite is written as null. Not thread safe.
 */
public final class MetricsFile implements AutoCloseable {

  /** The name in the folder of a run. */
  public static final String FILE_NAME = "metrics.jsonl";

  private static final JsonFactory JSON = new JsonFactory();
  private static final String STEP = "step";

  private final OutputStream out;

  private MetricsFile(OutputStream out) {
    this.out = out;
  }

  /**
   * Goes on with the file of a run, or begins one. Lines of later steps, which will be done again,
   * and lines that were not finished are removed.
   *
   * @param doneSteps steps that earlier sessions did and that stand; 0 for a new run
   */
  public static MetricsFile open(Path run, long doneSteps) throws IOException {
    Path file = run.resolve(FILE_NAME);
    if (Files.exists(file)) {
      keepUntil(file, doneSteps);
    }
    return new MetricsFile(
        Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
  }

  /** Adds the line of a report. */
  public void report(TrainListener.Report report) throws IOException {
    Quantiles kappa = Quantiles.of(report.kappa());
    double lnK = Collapse.lnK(report);
    write(
        json -> {
          json.writeNumberField(STEP, report.step());
          number(json, "epoch", report.epoch());
          number(json, "loss", report.mean().loss());
          number(json, "ln_k", lnK);
          number(json, "gap", lnK - report.mean().clsLoss());
          number(json, "teacher_entropy", report.mean().targetEntropy());
          number(json, "kl", report.mean().divergence());
          number(json, "grad_norm", report.mean().gradientNorm());
          for (Map.Entry<String, Double> measure : report.mean().details().entrySet()) {
            number(json, measure.getKey(), measure.getValue());
          }
          for (Map.Entry<String, Double> measure : report.mean().health().entrySet()) {
            number(json, measure.getKey(), measure.getValue());
          }
          number(json, "lr", report.values().learningRate());
          number(json, "wd", report.values().weightDecay());
          number(json, "teacher_momentum", report.values().teacherMomentum());
          number(json, "teacher_temp", report.values().teacherTemp());
          number(json, "kappa_min", kappa.min());
          number(json, "kappa_p10", kappa.p10());
          number(json, "kappa_median", kappa.median());
          number(json, "kappa_p90", kappa.p90());
          number(json, "kappa_max", kappa.max());
          number(json, "images_per_s", report.imagesPerSecond());
          number(json, "data_wait", report.waitShare());
          json.writeNumberField("bad_images", report.badImages());
        });
  }

  /** Adds the line of an evaluation after an epoch; accuracies are percent. */
  public void evaluation(long epoch, long step, KnnAccuracy accuracy) throws IOException {
    write(
        json -> {
          json.writeNumberField(STEP, step);
          json.writeNumberField("epoch", epoch);
          number(json, "knn_top1", accuracy.top1());
          number(json, "knn_top5", accuracy.top5());
        });
  }

  /** Fields of one object. */
  private interface Fields {
    void writeTo(JsonGenerator json) throws IOException;
  }

  /** One write for a line, so that a reader of a growing file seldom sees half of it. */
  private void write(Fields fields) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(line)) {
      json.writeStartObject();
      fields.writeTo(json);
      json.writeEndObject();
    }
    line.write('\n');
    out.write(line.toByteArray());
  }

  private static void number(JsonGenerator json, String name, double value) throws IOException {
    if (Double.isFinite(value)) {
      json.writeNumberField(name, value);
    } else {
      json.writeNullField(name);
    }
  }

  /** Written aside and renamed, so that a full disk costs no line. */
  private static void keepUntil(Path file, long doneSteps) throws IOException {
    Path aside = file.resolveSibling(FILE_NAME + ".tmp");
    // A strict decoder would refuse what a killed process or a crash of the machine left.
    try (BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8));
        BufferedWriter kept = Files.newBufferedWriter(aside)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        OptionalLong step = step(line);
        if (step.isPresent() && step.getAsLong() <= doneSteps) {
          kept.write(line);
          kept.write('\n');
        }
      }
    }
    Files.move(aside, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  /** The step of a line, or nothing if the line is not a whole object. */
  private static OptionalLong step(String line) throws IOException {
    OptionalLong step = OptionalLong.empty();
    try (JsonParser json = JSON.createParser(line)) {
      while (json.nextToken() != null) {
        if (json.currentToken() == JsonToken.FIELD_NAME && json.currentName().equals(STEP)) {
          step = OptionalLong.of(json.nextLongValue(Long.MAX_VALUE));
        }
      }
      return step;
    } catch (JsonProcessingException e) {
      return OptionalLong.empty();
    }
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
