package org.dinovmf.tools.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.dinovmf.training.eval.KnnAccuracy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.Event;
import org.tensorflow.proto.Summary;

class RunReporterTest {

  private static final KnnAccuracy ACCURACY = new KnnAccuracy(20, 61.25, 90);

  @TempDir Path run;
  private final StringWriter out = new StringWriter();
  private final StringWriter log = new StringWriter();
  private final SteppedClock clock =
      new SteppedClock(Instant.parse("2026-03-01T22:00:00Z"), ZoneOffset.UTC);

  @Test
  void writesAReportToAllThree() throws IOException {
    try (RunReporter reporter = reporter(0, Evaluation.none())) {
      reporter.reported(Reports.at(50));
    }
    assertTrue(log.toString().startsWith("epoch 0.50  step 50/1000  "), log.toString());
    assertTrue(metrics().get(0).startsWith("{\"step\":50,"), metrics().toString());
    assertEquals(
        List.of(
            "50 train/loss",
            "50 train/grad_norm",
            "50 schedule/lr",
            "50 schedule/weight_decay",
            "50 schedule/teacher_momentum",
            "50 schedule/teacher_temp",
            "50 collapse/ln_k_gap",
            "50 collapse/teacher_entropy",
            "50 collapse/kl",
            "50 health/agreement",
            "50 perf/images_per_s",
            "50 perf/data_wait",
            "50 prototypes/kappa"),
        tags());
  }

  @Test
  void givesEachTagItsValue() throws IOException {
    try (RunReporter reporter = reporter(0, Evaluation.none())) {
      reporter.reported(Reports.at(50));
    }
    assertEquals(
        List.of(1.25f, 2.5f, 0.0005f, 0.04f, 0.996f, 0.07f, 0.13629436f, 0.75f, 0.5f, 0.5f),
        values().stream().limit(10).map(value -> value.getTensor().getFloatVal(0)).toList());
  }

  @Test
  void showsTheCropsOfTheFirstBatch() throws IOException {
    try (RunReporter reporter = reporter(0, Evaluation.none())) {
      reporter.firstBatch(Reports.batch());
    }
    assertEquals(List.of("0 crops"), tags());
    assertEquals("7", values().get(0).getTensor().getStringVal(0).toStringUtf8());
  }

  @Test
  void evaluatesEveryThirdEpochAndAtTheEnd() throws IOException {
    try (RunReporter reporter = reporter(0, () -> Optional.of(ACCURACY))) {
      reporter.started(0, 1000, 100);
      for (long epoch = 1; epoch <= 10; epoch++) {
        reporter.epochEnded(epoch, 100 * epoch);
      }
    }
    assertEquals(
        List.of("epoch 3", "epoch 6", "epoch 9", "epoch 10"),
        out.toString().lines().map(line -> line.replaceAll("  .*", "")).toList());
    assertEquals(4, metrics().size());
    assertEquals(
        List.of("300 eval/knn_top1", "300 eval/knn_top5"),
        tags().stream().filter(tag -> tag.startsWith("300 ")).sorted().toList());
  }

  @Test
  void writesNothingWithoutLabels() throws IOException {
    try (RunReporter reporter = reporter(0, Evaluation.none())) {
      reporter.epochEnded(3, 300);
    }
    assertEquals("", out.toString());
    assertEquals(List.of(), metrics());
    assertEquals(List.of(), tags());
  }

  @Test
  void warnsOfACollapse() throws IOException {
    try (RunReporter reporter = reporter(0, Evaluation.none())) {
      for (int i = 0; i < Collapse.WINDOW; i++) {
        reporter.reported(Reports.of(300, Math.log(4), Math.log(4)));
      }
    }
    assertEquals(1, log.toString().lines().filter(line -> line.startsWith("warning: ")).count());
  }

  /** Reports.at() waits for 6.25 % of the time. */
  @Test
  void saysOnceWhatHoldsTheRunUp() throws IOException {
    try (RunReporter reporter = reporter(0, Evaluation.none())) {
      reporter.started(0, 1000, 100);
      for (long step = 50; step <= 200; step += 50) {
        reporter.stepped(step, 1000, 2, 0);
        reporter.reported(Reports.at(step));
        if (step % 100 == 0) {
          reporter.epochEnded(step / 100, step);
        }
      }
    }
    assertEquals(
        List.of(Bottleneck.of(0.0625)),
        log.toString().lines().filter(line -> line.contains("bottleneck")).toList());
  }

  @Test
  void resumedRunGoesOnWithBothFiles() throws IOException {
    try (RunReporter reporter = reporter(0, Evaluation.none())) {
      reporter.reported(Reports.at(50));
      reporter.reported(Reports.at(100));
    }
    try (RunReporter reporter = reporter(60, Evaluation.none())) {
      reporter.reported(Reports.at(70));
    }
    assertEquals(2, metrics().size());
    assertTrue(metrics().get(1).startsWith("{\"step\":70,"), metrics().toString());
    List<Event> second = EventRecords.read(eventFiles().get(1));
    assertEquals(61, second.get(1).getStep());
  }

  @Test
  void rejectsNoEpochs() {
    assertEquals(
        "a reporter needs doneSteps >= 0, warmupEpochs >= 0 and evaluateEpochs >= 1: doneSteps=0, warmupEpochs=1.0, evaluateEpochs=0",
        assertThrows(IllegalArgumentException.class, () -> new RunReporter.Settings(0, 1, 0))
            .getMessage());
  }

  private RunReporter reporter(long doneSteps, Evaluation evaluation) throws IOException {
    Console console =
        new Console(new PrintWriter(out), new PrintWriter(log), false, clock, Optional.empty());
    return new RunReporter(
        run, new RunReporter.Settings(doneSteps, 1, 3), console, evaluation, clock);
  }

  private List<String> metrics() throws IOException {
    return Files.readAllLines(run.resolve("metrics.jsonl"));
  }

  private List<Path> eventFiles() throws IOException {
    try (Stream<Path> files = Files.list(run.resolve("tensorboard"))) {
      return files.sorted().toList();
    }
  }

  private List<Event> events() throws IOException {
    return EventRecords.read(eventFiles().get(0));
  }

  private List<Summary.Value> values() throws IOException {
    return events().stream().flatMap(event -> event.getSummary().getValueList().stream()).toList();
  }

  private List<String> tags() throws IOException {
    List<String> tags = new ArrayList<>();
    for (Event event : events()) {
      for (Summary.Value value : event.getSummary().getValueList()) {
        tags.add(event.getStep() + " " + value.getTag());
      }
    }
    return tags;
  }
}
