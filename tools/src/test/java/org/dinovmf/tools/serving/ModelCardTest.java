package org.dinovmf.tools.serving;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.dinovmf.tools.ExportedFiles;
import org.dinovmf.tools.report.MetricsLog;
import org.dinovmf.training.ModelConfig;
import org.dinovmf.training.RunRecord;
import org.dinovmf.training.TrainConfig;
import org.dinovmf.training.method.Method;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ModelCardTest {

  private static final MetricsLog NONE = new MetricsLog(List.of(), List.of());

  private static final MetricsLog MEASURED =
      new MetricsLog(List.of(), List.of(new MetricsLog.Line(10, 0, Map.of("knn_top1", 51.2))));

  @TempDir private static Path shared;

  private static RunRecord record;

  @BeforeAll
  static void begin() throws IOException {
    record = ExportedFiles.record(shared);
  }

  @Test
  void saysThatNothingWasMeasured() {
    String card = card(record, NONE, 10);
    assertTrue(card.contains("No accuracy was measured up to step 10."), card);
    assertFalse(card.contains("model-index"), card);
  }

  @Test
  void listsAnEarlierAccuracyWithItsStepAlone() {
    String card = card(record, MEASURED, 20);
    assertTrue(card.contains("| measured at step 10 | % |"), card);
    assertFalse(card.contains("model-index"), card);
  }

  @Test
  void namesTheMethodThatTrained() {
    assertTrue(
        card(record, MEASURED, 10)
            .contains("trained without labels by [DINO-vMF](https://arxiv.org/abs/2405.10939)."));
    for (Map.Entry<Method, String> named :
        Map.of(
                Method.dino(), "by DINO.",
                Method.ibot(), "by iBOT.",
                Method.ibotVmf(), "by [iBOT-vMF](")
            .entrySet()) {
      String card = card(with(record, named.getKey(), record.data()), MEASURED, 10);
      assertTrue(card.contains("trained without labels " + named.getValue()), card);
    }
  }

  @Test
  void claimsNoTrainingOfImportedWeights() {
    RunRecord imported = with(record, record.config().model().method(), RunRecord.Data.none());
    String card = card(imported, NONE, 0);
    assertTrue(card.contains("whose weights were imported"), card);
    for (String claim : List.of("trained without", "| training images", "| seed", "| prototypes")) {
      assertFalse(card.contains(claim), card);
    }
  }

  private static String card(RunRecord record, MetricsLog metrics, long step) {
    return new ModelCard("photos", record, metrics, step, 1).text(Map.of());
  }

  private static RunRecord with(RunRecord record, Method method, RunRecord.Data data) {
    TrainConfig config = record.config();
    ModelConfig model = config.model();
    return RunRecord.of(
        new TrainConfig(
            new ModelConfig(
                method, model.encoder(), model.head(), model.dropPath(), model.precision()),
            config.crops(),
            config.normalization(),
            config.evaluation(),
            config.batch(),
            config.optimizer(),
            config.schedule(),
            config.seed()),
        data,
        Map.of());
  }
}
