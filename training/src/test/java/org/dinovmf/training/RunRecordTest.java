package org.dinovmf.training;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.dinovmf.training.checkpoint.CheckpointException;
import org.dinovmf.training.method.Method;
import org.dinovmf.training.schedule.ScheduleConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunRecordTest {

  private static final RunRecord.Data DATA =
      new RunRecord.Data("26-9f86d0", 26, List.of("/bilder/übung"));

  @TempDir Path run;

  @Test
  void isReadBackAsItWasWritten() throws IOException {
    assertFalse(RunRecord.exists(run));
    record().write(run);
    assertTrue(RunRecord.exists(run));
    assertEquals(record(), RunRecord.read(run));
    record().write(run);
    assertEquals(record(), RunRecord.read(run));
  }

  @Test
  void aFolderWithoutARecordIsNotARun() {
    var e = assertThrows(CheckpointException.class, () -> RunRecord.read(run));
    assertEquals("'%s' is not a run: it holds no run.json".formatted(run), e.getMessage());
  }

  @Test
  void aRecordOfANewerProgramIsNamed() throws IOException {
    record().write(run);
    Path file = run.resolve("run.json");
    String newer =
        Files.readString(file)
            .replaceFirst("\"formatVersion\" : 4", "\"formatVersion\" : 5, \"extra\" : true");
    Files.writeString(file, newer);
    var e = assertThrows(CheckpointException.class, () -> RunRecord.read(run));
    assertEquals(
        "'%s' has format version 5, but this program reads versions 1 to 4; use the newer program that wrote it"
            .formatted(file),
        e.getMessage());
  }

  /** Written before there were other terms and targets. */
  @Test
  void aRecordOfTheFirstVersionIsOneOfClassTokensAlone() throws IOException {
    TrainConfig written = TinyTraining.config(Method.dinoVmf());
    RunRecord read =
        asOfVersion(
            1,
            written,
            config -> {
              withoutPrecision(config);
              object(config, "model", "method").remove(List.of("target", "weights", "patches"));
              object(config, "model", "encoder").remove("extras");
              object(config, "schedule").remove("patches");
            });
    assertEquals(written.model(), read.config().model());
    assertEquals(ScheduleConfig.Patches.ibot(), read.config().schedule().patches());
  }

  /** Written when every product was of float32. */
  @Test
  void aRecordOfTheSecondVersionHasOnePrecision() throws IOException {
    TrainConfig written = TinyTraining.config();
    assertEquals(written, asOfVersion(2, written, RunRecordTest::withoutPrecision).config());
  }

  /** Written when blocks always kept what they computed. */
  @Test
  void aRecordOfTheThirdVersionHasNoActivationCheckpointing() throws IOException {
    TrainConfig written = TinyTraining.config();
    assertEquals(written, asOfVersion(3, written, RunRecordTest::withoutCheckpointing).config());
  }

  @Test
  void aRecordOfThisVersionHasEverySetting() throws IOException {
    var e =
        assertThrows(
            CheckpointException.class,
            () -> asOfVersion(4, TinyTraining.config(), RunRecordTest::withoutCheckpointing));
    assertTrue(e.getMessage().contains("checkpointsActivations"), e.getMessage());
  }

  /** Reads a record as if another version had written it, without what that did not know. */
  private RunRecord asOfVersion(int version, TrainConfig config, Consumer<ObjectNode> removal)
      throws IOException {
    RunRecord.of(config, DATA, Map.of()).write(run);
    Path file = run.resolve("run.json");
    ObjectMapper json = new ObjectMapper();
    ObjectNode tree = (ObjectNode) json.readTree(file.toFile());
    tree.put("formatVersion", version);
    removal.accept(object(tree, "config"));
    json.writeValue(file.toFile(), tree);
    return RunRecord.read(run);
  }

  private static void withoutCheckpointing(ObjectNode config) {
    object(config, "batch").remove("checkpointsActivations");
  }

  private static void withoutPrecision(ObjectNode config) {
    withoutCheckpointing(config);
    object(config, "model").remove("precision");
  }

  private static ObjectNode object(JsonNode tree, String... path) {
    JsonNode found = tree;
    for (String name : path) {
      found = found.get(name);
    }
    return (ObjectNode) found;
  }

  @Test
  void aDamagedRecordIsNamed() throws IOException {
    Path file = run.resolve("run.json");
    for (String text :
        List.of("", "null", "{", "{}", "[1]", "{\"formatVersion\": 1, \"seed\": 2}")) {
      Files.writeString(file, text);
      var e = assertThrows(CheckpointException.class, () -> RunRecord.read(run), text);
      assertTrue(
          e.getMessage().startsWith("'%s' cannot be read: ".formatted(file)), e.getMessage());
      assertFalse(e.getMessage().contains("\n"), e.getMessage());
    }
  }

  @Test
  void equalSettingsAndImagesAreTheSameRun() throws IOException {
    record().write(run);
    RunRecord read = RunRecord.read(run);
    RunRecord.Data moved = new RunRecord.Data("26-9f86d0", 26, List.of("/elsewhere"));
    assertDoesNotThrow(() -> read.requireSame(TinyTraining.config(), moved));
  }

  /** It is of use when a run has turned out too large for the memory. */
  @Test
  void activationCheckpointingMayChange() throws IOException {
    record().write(run);
    TrainConfig before = TinyTraining.config();
    TrainConfig wanted =
        new TrainConfig(
            before.model(),
            before.crops(),
            before.normalization(),
            before.evaluation(),
            new BatchConfig(before.batch().batchSize(), before.batch().accumulate(), true),
            before.optimizer(),
            before.schedule(),
            before.seed());
    RunRecord read = RunRecord.read(run);
    assertDoesNotThrow(() -> read.requireSame(wanted, DATA));
  }

  @Test
  void everyDifferenceIsNamed() throws IOException {
    record().write(run);
    RunRecord read = RunRecord.read(run);
    TrainConfig before = TinyTraining.config();
    Method method = before.model().method();
    TrainConfig wanted =
        new TrainConfig(
            new ModelConfig(
                new Method(
                    method.prototypes(),
                    method.target(),
                    method.center(),
                    0.5,
                    method.studentTemp(),
                    method.weights(),
                    method.patches()),
                before.model().encoder(),
                before.model().head(),
                before.model().dropPath(),
                before.model().precision()),
            before.crops(),
            before.normalization(),
            before.evaluation(),
            new BatchConfig(8, 2, false),
            before.optimizer(),
            before.schedule(),
            before.seed());
    var e =
        assertThrows(
            CheckpointException.class,
            () -> read.requireSame(wanted, new RunRecord.Data("27-aaaaaa", 27, List.of("/x"))));
    assertEquals(
        "the run cannot be resumed with other settings; start another run, or set back: "
            + "batch.batchSize is 8 but was 4; "
            + "model.method.centerMomentum is 0.5 but was 0.9; "
            + "the images differ: 27 now, 26 then, fingerprint 27-aaaaaa instead of 26-9f86d0",
        e.getMessage());
  }

  private static RunRecord record() {
    return RunRecord.of(TinyTraining.config(), DATA, Map.of("java", "17", "version", "0.1"));
  }
}
