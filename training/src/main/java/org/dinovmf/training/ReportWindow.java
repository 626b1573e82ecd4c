package org.dinovmf.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dinovmf.training.checkpoint.CheckpointException;

/**
 * What was measured since the last report. It is saved with a checkpoint, so that the first report
 * after a resume is of the same steps as that of a run that was never stopped.
 *
 * @param steps how many
 * @param sum over the steps; empty where there are none
 * @param nanos that the steps took
 * @param waitNanos of these, waited for data
 */
record ReportWindow(int steps, Optional<StepResult> sum, long nanos, long waitNanos) {

  private static final String FILE_NAME = "report.json";
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * As it is written; JSON knows no optional.
   *
   * @param terms sums of the scalars that every method has: loss, class tokens, entropy, gradient
   * @param measures sums of the others
   * @param health sums of what tells whether the run learns
   */
  private record Saved(
      int steps,
      List<Double> terms,
      Map<String, Double> measures,
      Map<String, Double> health,
      long nanos,
      long waitNanos) {}

  /** After a report. */
  static ReportWindow empty() {
    return new ReportWindow(0, Optional.empty(), 0, 0);
  }

  /** This and one step more. */
  ReportWindow with(StepResult step, long stepNanos, long stepWaitNanos) {
    return new ReportWindow(
        steps + 1,
        Optional.of(sum.map(before -> add(before, step)).orElse(step)),
        nanos + stepNanos,
        waitNanos + stepWaitNanos);
  }

  private static StepResult add(StepResult a, StepResult b) {
    return new StepResult(
        a.loss() + b.loss(),
        a.clsLoss() + b.clsLoss(),
        a.targetEntropy() + b.targetEntropy(),
        a.gradientNorm() + b.gradientNorm(),
        add(a.measures(), b.measures()),
        add(a.health(), b.health()));
  }

  private static Map<String, Double> add(Map<String, Double> a, Map<String, Double> b) {
    Map<String, Double> sums = new LinkedHashMap<>(a);
    b.forEach((name, value) -> sums.merge(name, value, Double::sum));
    return sums;
  }

  /** The mean over the steps, of which there must be some. */
  StepResult mean() {
    StepResult total = sum.orElseThrow();
    return new StepResult(
        total.loss() / steps,
        total.clsLoss() / steps,
        total.targetEntropy() / steps,
        total.gradientNorm() / steps,
        means(total.measures()),
        means(total.health()));
  }

  private Map<String, Double> means(Map<String, Double> sums) {
    Map<String, Double> means = new LinkedHashMap<>();
    sums.forEach((name, sum) -> means.put(name, sum / steps));
    return means;
  }

  double stepsPerSecond() {
    return steps / (nanos / 1e9);
  }

  /** Share of the time that was waited for data. */
  double waitShare() {
    return Math.min(1, waitNanos / (double) nanos);
  }

  /** Adds it to a checkpoint. */
  void write(Path checkpoint) throws IOException {
    List<Double> terms =
        sum.map(s -> List.of(s.loss(), s.clsLoss(), s.targetEntropy(), s.gradientNorm()))
            .orElse(List.of());
    Saved saved =
        new Saved(
            steps,
            terms,
            sum.map(StepResult::measures).orElse(Map.of()),
            sum.map(StepResult::health).orElse(Map.of()),
            nanos,
            waitNanos);
    Files.write(checkpoint.resolve(FILE_NAME), JSON.writeValueAsBytes(saved));
  }

  /** That of a checkpoint; empty for one that has none, as that of an import. */
  static ReportWindow read(Path checkpoint) throws IOException {
    Path file = checkpoint.resolve(FILE_NAME);
    if (!Files.exists(file)) {
      return empty();
    }
    try {
      Saved saved = JSON.readValue(Files.readAllBytes(file), Saved.class);
      List<Double> terms = saved.terms();
      Optional<StepResult> sum =
          saved.steps() == 0
              ? Optional.empty()
              : Optional.of(
                  new StepResult(
                      terms.get(0),
                      terms.get(1),
                      terms.get(2),
                      terms.get(3),
                      saved.measures(),
                      saved.health()));
      return new ReportWindow(saved.steps(), sum, saved.nanos(), saved.waitNanos());
    } catch (JsonProcessingException e) {
      throw new CheckpointException("checkpoint file '%s' is damaged".formatted(file), e);
    }
  }
}
