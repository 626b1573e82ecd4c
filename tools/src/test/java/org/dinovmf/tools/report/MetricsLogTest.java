package org.dinovmf.tools.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.dinovmf.training.eval.KnnAccuracy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsLogTest {

  @TempDir Path run;

  @Test
  void readsWhatWasWritten() throws IOException {
    try (MetricsFile metrics = MetricsFile.open(run, 0)) {
      metrics.report(Reports.at(50));
      metrics.evaluation(1, 100, new KnnAccuracy(20, 61.5, 90));
      metrics.report(Reports.of(150, Double.NaN, 0.5));
    }
    MetricsLog log = MetricsLog.read(run);
    assertEquals(List.of(50L, 150L), log.reports().stream().map(MetricsLog.Line::step).toList());
    assertEquals(1.25, log.reports().get(0).get("loss").orElseThrow());
    assertEquals(0.5, log.reports().get(0).epoch());
    assertTrue(log.reports().get(1).get("loss").isEmpty(), "null is no number");
    assertEquals(61.5, log.evaluations().get(0).get("knn_top1").orElseThrow());
    assertTrue(log.evaluations().get(0).get("loss").isEmpty());
  }

  @Test
  void leavesHalfALineOut() throws IOException {
    try (MetricsFile metrics = MetricsFile.open(run, 0)) {
      metrics.report(Reports.at(50));
    }
    Files.writeString(
        run.resolve(MetricsFile.FILE_NAME), "{\"step\":100,\"lo", StandardOpenOption.APPEND);
    assertEquals(1, MetricsLog.read(run).reports().size());
  }

  @Test
  void aRunWithoutMetricsHasNone() throws IOException {
    assertEquals(new MetricsLog(List.of(), List.of()), MetricsLog.read(run));
  }
}
