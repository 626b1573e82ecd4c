package org.dinovmf.training.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.dinovmf.ops.Golden;
import org.dinovmf.training.checkpoint.CheckpointException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reads PyTorch's own files; the expected values were written by another program. */
class WeightFileTest {

  private static final Golden EXPECTED =
      Golden.of(WeightFileTest.class, "/interop/expected-weights.safetensors");
  private static final double STUDENT_OFFSET = 0.01;

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"dino-full.pth", "dino-full-legacy-format.pth"})
  void readsAFullCheckpoint(String name) throws IOException {
    try (WeightFile file = WeightFile.open(Interop.copy(name, folder))) {
      assertEquals(Set.of("student", "teacher", "dino_loss"), file.groups().keySet());
      assertEquals(List.of("epoch", "args", "optimizer"), file.others());
      assertTensors("", file.groups().get("teacher"), 0, 0);
      assertTensors("module.", file.groups().get("student"), STUDENT_OFFSET, 1e-6);
      float[] center = file.groups().get("dino_loss").get("center").floats();
      for (int k = 0; k < 24; k++) {
        assertEquals(k / 100f, center[k], "center " + k);
      }
    }
  }

  /** Of half precision, relative rounding is 2^-11, of bfloat16 2^-8. */
  @ParameterizedTest
  @CsvSource({
    "dino-backbone.pth, '', 0",
    "dino-backbone-half.pth, '', 5e-4",
    "dino-backbone-bfloat16.pth, '', 4e-3",
    "ibot-backbone.pth, state_dict, 0"
  })
  void readsABackbone(String name, String group, double tolerance) throws IOException {
    try (WeightFile file = WeightFile.open(Interop.copy(name, folder))) {
      assertEquals(Set.of(group), file.groups().keySet());
      Map<String, StoredTensor> tensors = file.groups().get(group);
      assertEquals(backboneNames(), new TreeSet<>(tensors.keySet()));
      for (Map.Entry<String, StoredTensor> entry : tensors.entrySet()) {
        double[] expected = EXPECTED.values("backbone." + entry.getKey());
        assertClose(entry.getKey(), expected, entry.getValue().floats(), 0, tolerance);
      }
    }
  }

  @Test
  void readsASharedStorageUnderBothNames() throws IOException {
    try (WeightFile file = WeightFile.open(Interop.copy("ibot-full.pth", folder))) {
      Map<String, StoredTensor> teacher = file.groups().get("teacher");
      StoredTensor first = teacher.get("head.last_layer.weight_v");
      StoredTensor second = teacher.get("head.last_layer2.weight_v");
      assertEquals(first.storage().position(), second.storage().position());
      assertClose("weight_v", EXPECTED.values("head.last_layer.weight_v"), second.floats(), 0, 0);
    }
  }

  @Test
  void refusesAFileThatCallsAProgramAndNamesIt() {
    Path file = Interop.copy("hostile.pth", folder);
    CheckpointException fault =
        assertThrows(CheckpointException.class, () -> WeightFile.open(file));
    assertEquals(
        "'%s' cannot be read: it asks for 'posix.system', which is not among the names that a checkpoint needs; nothing in it was run, and the file should not be trusted"
            .formatted(file),
        fault.getMessage());
    assertFalse(Files.exists(Path.of("PICKLE_WAS_EXECUTED")));
    assertFalse(Files.exists(folder.resolve("PICKLE_WAS_EXECUTED")));
  }

  private static Set<String> backboneNames() {
    Set<String> names = new TreeSet<>();
    for (String name : EXPECTED.names()) {
      if (name.startsWith("backbone.") && !name.endsWith("masked_embed")) {
        names.add(name.substring("backbone.".length()));
      }
    }
    return names;
  }

  private static void assertTensors(
      String prefix, Map<String, StoredTensor> found, double offset, double tolerance)
      throws IOException {
    Set<String> names = new TreeSet<>();
    for (String name : EXPECTED.names()) {
      if (!name.endsWith("masked_embed")) {
        names.add(prefix + name);
        StoredTensor tensor = found.get(prefix + name);
        assertEquals(EXPECTED.shape(name), tensor.shape(), name);
        assertClose(name, EXPECTED.values(name), tensor.floats(), offset, tolerance);
      }
    }
    assertEquals(names, new TreeSet<>(found.keySet()));
  }

  private static void assertClose(
      String name, double[] expected, float[] found, double offset, double tolerance) {
    assertEquals(expected.length, found.length, name);
    for (int i = 0; i < expected.length; i++) {
      double wanted = expected[i] + offset;
      assertEquals(wanted, found[i], tolerance * Math.max(Math.abs(wanted), 1e-3), name);
    }
  }
}
