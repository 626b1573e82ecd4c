package org.dinovmf.tools.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.dinovmf.training.eval.KnnAccuracy;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsFileTest {

  @TempDir Path run;
  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = run.resolve("metrics.jsonl");
  }

  @Test
  void writesAReportAtOnce() throws IOException {
    try (MetricsFile metrics = MetricsFile.open(run, 0)) {
      metrics.report(Reports.at(50));
      assertEquals(
          """
          {"step":50,"epoch":0.5,"loss":1.25,"ln_k":1.3862943611198906,\
          "gap":0.13629436111989057,"teacher_entropy":0.75,"kl":0.5,"grad_norm":2.5,\
          "agreement":0.5,"lr":5.0E-4,"wd":0.04,"teacher_momentum":0.996,"teacher_temp":0.07,\
          "kappa_min":8.0,"kappa_p10":8.6,"kappa_median":10.5,"kappa_p90":13.100000000000001,\
          "kappa_max":14.0,"images_per_s":123.456,"data_wait":0.0625,"bad_images":0}
          """,
          Files.readString(file));
    }
  }

  @Test
  void writesAnEvaluation() throws IOException {
    try (MetricsFile metrics = MetricsFile.open(run, 0)) {
      metrics.evaluation(3, 300, new KnnAccuracy(20, 61.5, 90));
    }
    assertEquals(
        "{\"step\":300,\"epoch\":3,\"knn_top1\":61.5,\"knn_top5\":90.0}\n", Files.readString(file));
  }

  @Test
  void writesNullForWhatIsNotFinite() throws IOException {
    try (MetricsFile metrics = MetricsFile.open(run, 0)) {
      metrics.report(Reports.of(50, Double.NaN, Double.POSITIVE_INFINITY));
    }
    String line = Files.readString(file);
    assertTrue(line.contains("\"loss\":null,") && line.contains("\"teacher_entropy\":null,"), line);
  }

  @Test
  void resumeDropsLaterSteps() throws IOException {
    writeSteps(0, 50, 100, 150, 200);
    writeSteps(100, 110);
    assertEquals(List.of(50, 100, 110), steps());
  }

  @Test
  void newRunDropsAll() throws IOException {
    writeSteps(0, 50);
    MetricsFile.open(run, 0).close();
    assertEquals("", Files.readString(file));
  }

  @Test
  void resumeDropsAHalfWrittenLine() throws IOException {
    writeSteps(0, 60);
    Files.writeString(file, "{\"step\":60,\"epo", StandardOpenOption.APPEND);
    Files.write(file, new byte[] {(byte) 0xc3, 0}, StandardOpenOption.APPEND);
    writeSteps(100, 110);
    assertEquals(List.of(60, 110), steps());
  }

  @Test
  void resumeEndsALineThatLacksOnlyItsEnd() throws IOException {
    Files.writeString(file, "{\"step\":60}");
    writeSteps(100, 110);
    assertEquals(List.of(60, 110), steps());
  }

  /** A session that begins after {@code doneSteps} and writes some reports. */
  private void writeSteps(long doneSteps, long... steps) throws IOException {
    try (MetricsFile metrics = MetricsFile.open(run, doneSteps)) {
      for (long step : steps) {
        metrics.report(Reports.at(step));
      }
    }
  }

  private List<Integer> steps() throws IOException {
    return Files.readAllLines(file).stream()
        .map(line -> Integer.valueOf(line.replaceAll("^\\{\"step\":(\\d+)[,}].*", "$1")))
        .toList();
  }
}
