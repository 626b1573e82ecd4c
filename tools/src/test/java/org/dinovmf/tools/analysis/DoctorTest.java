package org.dinovmf.tools.analysis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dinovmf.tools.analysis.Doctor.Diagnosis;
import org.dinovmf.tools.analysis.Doctor.Embedded;
import org.dinovmf.tools.analysis.Doctor.Verdict;
import org.dinovmf.tools.report.MetricsLog;
import org.dinovmf.training.analysis.Spread;
import org.junit.jupiter.api.Test;

class DoctorTest {

  private static final double LN_K = Math.log(512);
  private static final Doctor.Run RUN = new Doctor.Run(1, 32);

  @Test
  void namesAUniformTeacher() {
    Diagnosis found = examine(lines(30, LN_K, LN_K, 0.5));
    assertEquals(1, found.findings().size());
    assertEquals(Verdict.UNIFORM_COLLAPSE, found.findings().get(0).verdict());
    assertEquals(
        "the teacher is uniform (entropy 6.238 of ln K = 6.238), so the loss stays at ln K and nothing is learned",
        found.findings().get(0).finding());
    assertEquals(
        "lower the teacher temperature (now 0.040; 0.02 has helped), lengthen the warm-up, or take fewer prototypes (now 512)",
        found.findings().get(0).advice());
  }

  @Test
  void namesOnePrototypeForAll() {
    Diagnosis found = examine(lines(30, 0.001, 0.0005, 0.5));
    assertEquals(Verdict.ONE_HOT_COLLAPSE, found.findings().get(0).verdict());
    assertTrue(
        found.findings().get(0).advice().startsWith("raise the teacher temperature (now 0.040)"),
        found.findings().toString());
  }

  /** Loss and entropy of a run without a center; see also the command's test. */
  @Test
  void namesAHandfulOfPrototypesForAll() {
    List<MetricsLog.Line> lines = new ArrayList<>();
    for (MetricsLog.Line line : lines(30, 0.47, 0.09, 0.5).reports()) {
      Map<String, Double> values = new HashMap<>(line.values());
      values.put("distinct_share", 0.0625);
      lines.add(new MetricsLog.Line(line.step(), line.epoch(), values));
    }
    Diagnosis found = examine(new MetricsLog(lines, List.of()));
    assertEquals(Verdict.ONE_HOT_COLLAPSE, found.findings().get(0).verdict());
    assertEquals(
        "the teacher is sure of itself (entropy 0.090 of ln K = 6.24) and yet has only 2.00 prototypes for the 32 global crops of a batch",
        found.findings().get(0).finding());
  }

  /** Two images have few prototypes and lie near each other by right. */
  @Test
  void smallBatchesSayLittle() {
    List<MetricsLog.Line> lines = new ArrayList<>();
    for (MetricsLog.Line line : lines(30, 0.47, 0.09, 0.01).reports()) {
      Map<String, Double> values = new HashMap<>(line.values());
      values.put("distinct_share", 0.5);
      lines.add(new MetricsLog.Line(line.step(), line.epoch(), values));
    }
    MetricsLog log = new MetricsLog(lines, List.of());
    assertEquals(List.of(), Doctor.examine(log, new Doctor.Run(1, 4), Optional.empty()).findings());
    assertFalse(Doctor.examine(log, new Doctor.Run(1, 32), Optional.empty()).findings().isEmpty());
  }

  @Test
  void embeddingsOfAYoungRunAreNotJudged() {
    Embedded embedded = new Embedded(100, 1, 64, new Spread(0.01, 0), 1, 512);
    assertEquals(
        List.of(), Doctor.examine(lines(2, 5, 4.5, 0.01), RUN, Optional.of(embedded)).findings());
    assertEquals(
        Verdict.ONE_POINT,
        Doctor.examine(lines(30, 5, 4.5, 0.5), RUN, Optional.of(embedded))
            .findings()
            .get(0)
            .verdict());
  }

  @Test
  void namesOnePoint() {
    Diagnosis found = examine(lines(30, 5, 4.5, 0.01));
    assertEquals(Verdict.ONE_POINT, found.findings().get(0).verdict());
    assertEquals(
        "the embeddings of different images are nearly one point (spread 0.010 of 1)",
        found.findings().get(0).finding());
  }

  @Test
  void believesEmbeddingsRatherThanBatches() {
    Embedded embedded = new Embedded(100, 5, 64, new Spread(0.4, 0.1), 30, 512);
    Diagnosis found = Doctor.examine(lines(30, 5, 4.5, 0.01), RUN, Optional.of(embedded));
    assertEquals(List.of(), found.findings());
    assertEquals(
        0.3,
        found.signs().stream()
            .filter(sign -> sign.name().equals("used_share"))
            .findFirst()
            .orElseThrow()
            .value());
  }

  @Test
  void isSilentOfARunThatLearns() {
    Diagnosis found = examine(lines(30, 5.9, 5.5, 0.5));
    assertEquals(List.of(), found.findings());
    assertFalse(found.isTooEarly());
    assertEquals(Doctor.WINDOW, found.reports());
    assertEquals(
        List.of("gap", "ln_k", "teacher_entropy", "kl", "embedding_spread"),
        found.signs().stream().map(Doctor.Sign::name).toList());
  }

  @Test
  void passesOverTheWarmup() {
    Diagnosis found =
        Doctor.examine(lines(30, LN_K, LN_K, 0.5), new Doctor.Run(29, 32), Optional.empty());
    assertTrue(found.isTooEarly());
    assertEquals(List.of(), found.findings());
  }

  /** As when the teacher wakes up late. */
  @Test
  void needsEveryReportOfTheWindow() {
    List<MetricsLog.Line> lines = new ArrayList<>(lines(30, LN_K, LN_K, 0.5).reports());
    lines.addAll(lines(1, 5.9, 5.5, 0.5).reports());
    assertEquals(
        List.of(),
        Doctor.examine(new MetricsLog(lines, List.of()), RUN, Optional.empty()).findings());
  }

  private static Diagnosis examine(MetricsLog log) {
    return Doctor.examine(log, RUN, Optional.empty());
  }

  /** A report an epoch. */
  private static MetricsLog lines(int count, double loss, double entropy, double spread) {
    List<MetricsLog.Line> lines = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      Map<String, Double> values = new HashMap<>();
      values.put("ln_k", LN_K);
      values.put("gap", LN_K - loss);
      values.put("teacher_entropy", entropy);
      values.put("kl", loss - entropy);
      values.put("teacher_temp", 0.04);
      values.put("embedding_spread", spread);
      lines.add(new MetricsLog.Line(i * 10L, i, values));
    }
    return new MetricsLog(lines, List.of());
  }
}
