package org.dinovmf.training.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.hash.Hashing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointsTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String DATA = "weights.data-00000-of-00001";
  private static final String INDEX = "weights.index";

  @TempDir Path temp;
  private Path run;
  private Checkpoints checkpoints;
  private final List<String> warnings = new ArrayList<>();

  @BeforeEach
  void open() {
    run = temp.resolve("läufe 1");
    checkpoints = new Checkpoints(run, 2);
  }

  @Test
  void aRunWithoutCheckpointsHasNone() throws IOException {
    assertTrue(checkpoints.latestValid(CheckpointsTest::unexpected).isEmpty());
  }

  @Test
  void savesWhatIsReadBack() throws IOException {
    TrainState state = new TrainState(7, 4, 3, 1234);
    Checkpoint saved = save(state);
    assertEquals(folder(7), saved.directory());
    assertEquals(folder(7).resolve("weights"), saved.prefix());
    Checkpoint read = checkpoints.latestValid(CheckpointsTest::unexpected).orElseThrow();
    assertEquals(new Checkpoint(folder(7), state), read);
    assertArrayEquals(content(7), Files.readAllBytes(folder(7).resolve(DATA)));
    assertEquals(Set.of(DATA, INDEX, "state.json", "manifest.json"), names(folder(7)));
    assertEquals(Set.of("step-000000007", "checkpoint"), names(run.resolve("checkpoints")));
  }

  @Test
  void theManifestHoldsSizesAndSums() throws IOException {
    save(state(7));
    JsonNode manifest = JSON.readTree(folder(7).resolve("manifest.json").toFile());
    assertEquals(1, manifest.get("formatVersion").asInt());
    assertEquals(3, manifest.get("files").size());
    for (String name : List.of(DATA, INDEX, "state.json")) {
      byte[] bytes = Files.readAllBytes(folder(7).resolve(name));
      JsonNode entry = manifest.get("files").get(name);
      assertEquals(bytes.length, entry.get("size").asInt(), name);
      assertEquals(
          Hashing.sha256().hashBytes(bytes).toString(), entry.get("sha256").asText(), name);
    }
  }

  /** Python's {@code tf.train.latest_checkpoint} reads it. */
  @Test
  void thePointerNamesTheNewest() throws IOException {
    save(state(7));
    save(state(12));
    assertEquals(
        "model_checkpoint_path: \"step-000000012/weights\"\n",
        Files.readString(run.resolve("checkpoints/checkpoint")));
  }

  @Test
  void keepsTheNewest() throws IOException {
    for (long step : List.of(3, 6, 9, 12)) {
      save(state(step));
    }
    assertEquals(
        Set.of("step-000000009", "step-000000012", "checkpoint"),
        names(run.resolve("checkpoints")));
    assertEquals(12, newest());
  }

  @Test
  void refusesToKeepNone() {
    var e = assertThrows(IllegalArgumentException.class, () -> new Checkpoints(run, 0));
    assertEquals("at least 1 checkpoint must be kept, but 0 were asked for", e.getMessage());
  }

  /** How a checkpoint may come to harm, and what is said of it. */
  enum Damage {
    TRUNCATED("checkpoint file '%s/" + DATA + "' has 40 bytes instead of 4096") {
      @Override
      void inflict(Path folder) throws IOException {
        Path file = folder.resolve(DATA);
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, 40));
      }
    },
    BIT_FLIPPED(
        "checkpoint file '%s/" + DATA + "' is damaged: its SHA-256 differs from the manifest") {
      @Override
      void inflict(Path folder) throws IOException {
        Path file = folder.resolve(DATA);
        byte[] bytes = Files.readAllBytes(file);
        bytes[2000] ^= 4;
        Files.write(file, bytes);
      }
    },
    WITHOUT_A_FILE("checkpoint '%s' lacks '" + INDEX + "'") {
      @Override
      void inflict(Path folder) throws IOException {
        Files.delete(folder.resolve(INDEX));
      }
    },
    WITHOUT_ITS_MANIFEST("'%s' is not a finished checkpoint: it has no manifest.json") {
      @Override
      void inflict(Path folder) throws IOException {
        Files.delete(folder.resolve("manifest.json"));
      }
    },
    MANIFEST_CUT_OFF("checkpoint file '%s/manifest.json' is damaged") {
      @Override
      void inflict(Path folder) throws IOException {
        Path file = folder.resolve("manifest.json");
        Files.writeString(file, Files.readString(file).substring(0, 60));
      }
    },
    MANIFEST_EMPTY("checkpoint file '%s/manifest.json' is damaged") {
      @Override
      void inflict(Path folder) throws IOException {
        Files.writeString(folder.resolve("manifest.json"), "");
      }
    },
    MANIFEST_OF_NOTHING("checkpoint file '%s/manifest.json' is damaged") {
      @Override
      void inflict(Path folder) throws IOException {
        Files.writeString(folder.resolve("manifest.json"), "null");
      }
    },
    STATE_OUT_OF_RANGE("checkpoint file '%s/state.json' is damaged") {
      @Override
      void inflict(Path folder) throws IOException {
        String state =
            "{\"step\":3,\"prototypeUpdates\":4,\"stepsPerEpoch\":1,\"elapsedMillis\":0}";
        Files.writeString(folder.resolve("state.json"), state);
        Manifest.of(withoutManifest(folder)).write(folder);
      }
    },
    STATE_MISSING_BEFORE_THE_MANIFEST("checkpoint '%s' lacks 'state.json'") {
      @Override
      void inflict(Path folder) throws IOException {
        Files.delete(folder.resolve("state.json"));
        Manifest.of(withoutManifest(folder)).write(folder);
      }
    },
    /** With a field that this program does not know, as a newer one would have. */
    NEWER_FORMAT("checkpoint '%s' has format version 2, but this program reads version 1") {
      @Override
      void inflict(Path folder) throws IOException {
        Path file = folder.resolve("manifest.json");
        ObjectNode manifest = (ObjectNode) JSON.readTree(file.toFile());
        manifest.put("formatVersion", 2).put("codec", "zstd");
        Files.write(file, JSON.writeValueAsBytes(manifest));
      }
    };

    private final String message;

    Damage(String message) {
      this.message = message;
    }

    abstract void inflict(Path folder) throws IOException;

    private static Path withoutManifest(Path folder) throws IOException {
      Files.delete(folder.resolve("manifest.json"));
      return folder;
    }
  }

  @ParameterizedTest
  @EnumSource
  void aDamagedCheckpointIsNamedAndTheOneBeforeTaken(Damage damage) throws IOException {
    save(state(3));
    save(state(6));
    damage.inflict(folder(6));
    String message = damage.message.formatted(folder(6));
    var e = assertThrows(CheckpointException.class, () -> Checkpoints.read(folder(6)));
    assertEquals(message, e.getMessage());
    assertEquals(folder(3), checkpoints.latestValid(warnings::add).orElseThrow().directory());
    assertEquals(List.of(message + "; trying the one before"), warnings);
  }

  @Test
  void saysSoWhenNoneIsWhole() throws IOException {
    save(state(3));
    save(state(6));
    Damage.BIT_FLIPPED.inflict(folder(3));
    Damage.WITHOUT_A_FILE.inflict(folder(6));
    var e = assertThrows(CheckpointException.class, () -> checkpoints.latestValid(warnings::add));
    assertEquals(
        "none of the 2 checkpoints in '%s' can be read; start again with another --out"
            .formatted(run.resolve("checkpoints")),
        e.getMessage());
    assertEquals(2, warnings.size());
  }

  @Test
  void aWholeCheckpointOfTheSameStepIsLeftAsItIs() throws IOException {
    save(state(3));
    Checkpoint again =
        checkpoints.save(state(3), prefix -> fail("the checkpoint is already there"));
    assertEquals(new Checkpoint(folder(3), state(3)), again);
  }

  @Test
  void aDamagedCheckpointOfTheSameStepIsReplaced() throws IOException {
    save(state(3));
    Damage.BIT_FLIPPED.inflict(folder(3));
    save(state(3));
    assertEquals(3, newest());
    assertArrayEquals(content(3), Files.readAllBytes(folder(3).resolve(DATA)));
  }

  /**
   * After a fallback, the damaged ones ahead must not count among the newest: else what was just
   * saved would be deleted for them.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void damagedCheckpointsAheadDoNotPushOutWhatIsSaved(int keep) throws IOException {
    Checkpoints wide = new Checkpoints(run, 5);
    for (long step : List.of(3, 6, 9)) {
      wide.save(state(step), writer(step));
    }
    Damage.TRUNCATED.inflict(folder(6));
    Damage.TRUNCATED.inflict(folder(9));
    Checkpoints narrow = new Checkpoints(run, keep);
    assertEquals(3, narrow.latestValid(warnings::add).orElseThrow().state().step());
    for (long step : List.of(4, 5)) {
      narrow.save(state(step), writer(step));
      assertEquals(step, narrow.latestValid(warnings::add).orElseThrow().state().step());
    }
    assertEquals(keep == 2, Files.exists(folder(4)));
  }

  @Test
  void whatAnInterruptedSaveLeftIsIgnoredAndRemoved() throws IOException {
    save(state(3));
    Path stale = Files.createDirectories(run.resolve("checkpoints/.tmp-step-000000006"));
    Files.writeString(stale.resolve("weights.data-00007-of-00009"), "half");
    Files.writeString(run.resolve("checkpoints/notes.txt"), "the user's own");
    assertEquals(3, newest());
    save(state(6));
    assertEquals(6, newest());
    assertEquals(Set.of(DATA, INDEX, "state.json", "manifest.json"), names(folder(6)));
    assertEquals(
        Set.of("step-000000003", "step-000000006", "checkpoint", "notes.txt"),
        names(run.resolve("checkpoints")));
  }

  @Test
  void aSaveThatFailsShowsNothing() throws IOException {
    save(state(3));
    var e =
        assertThrows(
            IOException.class,
            () ->
                checkpoints.save(
                    state(6),
                    prefix -> {
                      Files.write(prefix.resolveSibling(DATA), new byte[10]);
                      throw new IOException("No space left on device");
                    }));
    assertEquals("No space left on device", e.getMessage());
    assertEquals(3, newest());
    assertEquals(
        "model_checkpoint_path: \"step-000000003/weights\"\n",
        Files.readString(run.resolve("checkpoints/checkpoint")));
    save(state(6));
    assertEquals(6, newest());
  }

  @Test
  void aStateCountsUpdatesOfPrototypesApart() {
    TrainState state = TrainState.start(5).next(false, 30).next(true, 12);
    assertEquals(new TrainState(2, 1, 5, 42), state);
    var e = assertThrows(IllegalArgumentException.class, () -> new TrainState(1, 2, 5, 0));
    assertEquals(
        "a state needs 0 <= prototypeUpdates <= step and stepsPerEpoch >= 1: step=1, prototypeUpdates=2, stepsPerEpoch=5",
        e.getMessage());
  }

  private Checkpoint save(TrainState state) throws IOException {
    return checkpoints.save(state, writer(state.step()));
  }

  private static Checkpoints.Writer writer(long step) {
    return prefix -> {
      Files.write(prefix.resolveSibling(DATA), content(step));
      Files.writeString(prefix.resolveSibling(INDEX), "index of " + step);
    };
  }

  private static byte[] content(long step) {
    byte[] bytes = new byte[4096];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i * step);
    }
    return bytes;
  }

  private static TrainState state(long step) {
    return new TrainState(step, step, 3, 10 * step);
  }

  private long newest() throws IOException {
    return checkpoints.latestValid(CheckpointsTest::unexpected).orElseThrow().state().step();
  }

  private Path folder(long step) {
    return run.resolve("checkpoints/step-00000%04d".formatted(step));
  }

  private static void unexpected(String warning) {
    fail(warning);
  }

  private static Set<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }
}
