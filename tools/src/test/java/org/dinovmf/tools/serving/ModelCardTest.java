package org.dinovmf.tools.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
  void saysWhatServingDoesNotDo() {
    String card = card(record, MEASURED, 10);
    for (String limit :
        List.of(
            "- `serving_default` assumes upright images: a rotation tag (EXIF) is not read.",
            "- An image that cannot be decoded gives NaN, and `valid` is false.",
            "a picture is decoded whole, at about 30 bytes a pixel")) {
      assertTrue(card.contains(limit), card);
    }
  }

  @Test
  void callsAServerWithAPhoto() {
    String card = card(record, MEASURED, 10);
    String url = "http://localhost:8501/v1/models/photos:predict";
    for (String line :
        List.of(
            "curl -d @models/photos/1/assets.extra/request.json " + url,
            "printf '{\"instances\": [{\"image_bytes\": {\"b64\": \"%s\"}}]}' \"$(base64 -w 0 photo.jpg)\" |",
            "curl -d @- " + url)) {
      assertTrue(card.lines().anyMatch(found -> found.strip().equals(line)), card);
    }
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

  /** Another program's parser must find a text where these words could be something else. */
  @ParameterizedTest
  @ValueSource(strings = {"photos", "null", "true", "no", "on", "y", "e1", "a-1"})
  void keepsNamesInYaml(String name) throws IOException {
    String card = card(name, record, MEASURED, 10);
    String yaml = card.substring(4, card.indexOf("\n---\n", 4));
    JsonNode named = new YAMLMapper().readTree(yaml).at("/model-index/0/name");
    assertTrue(named.isTextual(), yaml);
    assertEquals(name, named.textValue());
    JsonNode service = new YAMLMapper().readTree(ServingFiles.kserve(name));
    assertTrue(service.at("/metadata/name").isTextual(), name);
    assertEquals(name, service.at("/metadata/name").textValue());
    assertEquals(
        "pvc://models/" + name, service.at("/spec/predictor/model/storageUri").textValue());
  }

  @Test
  void takesNoMarkupFromTheFilesOfARun() {
    assertCells("a\n\n# \"Größe\": `x` | [y](z) <b>", "`a??# \"Größe\": 'x' \\| [y](z) <b>`");
    assertCells("a\\|b\\", "`a/\\|b/`");
    assertCells("a\uD83Db", "`a?b`"); // half of a character, which no file can hold
    assertCells("\uD83D\uDE00", "`\uD83D\uDE00`");
  }

  @Test
  void saysWhereARunDoesNot() {
    assertCells("", "unknown");
    assertCells(" ", "unknown");
  }

  private static void assertCells(String text, String cell) {
    RunRecord hostile =
        RunRecord.of(
            record.config(), new RunRecord.Data(text, 2, List.of(text)), Map.of("version", text));
    String card = card(hostile, MEASURED, 10);
    assertTrue(card.contains("| training images | 2, fingerprint " + cell + " |\n"), card);
    assertTrue(card.contains("| dino-vmf | " + cell + " |\n"), card);
  }

  private static String card(RunRecord record, MetricsLog metrics, long step) {
    return card("photos", record, metrics, step);
  }

  private static String card(String name, RunRecord record, MetricsLog metrics, long step) {
    return new ModelCard(name, record, metrics, step, 1).text(Map.of());
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
