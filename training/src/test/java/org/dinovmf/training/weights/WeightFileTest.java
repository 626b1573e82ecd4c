package org.dinovmf.training.weights;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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

  /** A short program that would fill the memory: one long tuple, given to every call. */
  @ParameterizedTest
  @CsvSource({
    "torch._utils _rebuild_tensor_v2, a shape must have at most 8 axes",
    "collections OrderedDict, the pickle makes more dictionaries than it has pairs for"
  })
  void callsCannotCopyALongListAgainAndAgain(String name, String reason) {
    ByteArrayOutputStream pickle = new ByteArrayOutputStream();
    write(pickle, 0x80, 2); // protocol 2
    boolean isTensor = name.contains("tensor");
    write(pickle, '(');
    for (int i = 0; i < 2000; i++) {
      if (isTensor) {
        write(pickle, 'K', 1);
      } else {
        write(pickle, 'X', 1, 0, 0, 0, 'a', 'K', 1, 0x86); // a pair
      }
    }
    write(pickle, 't', 'q', 0, '0'); // the list is remembered
    write(pickle, 'c');
    pickle.writeBytes(name.replace(' ', '\n').getBytes(US_ASCII));
    write(pickle, '\n', 'q', 1, '0', '(');
    if (isTensor) {
      write(pickle, '(', 'X', 7, 0, 0, 0);
      pickle.writeBytes("storage".getBytes(US_ASCII));
      write(pickle, 'c');
      pickle.writeBytes("torch\nFloatStorage\n".getBytes(US_ASCII));
      write(pickle, 'X', 1, 0, 0, 0, '0', 'X', 3, 0, 0, 0, 'c', 'p', 'u', 'K', 1, 't', 'Q');
      write(pickle, 'K', 0, 'h', 0, 'h', 0, 't', 'q', 2, '0', ']');
    } else {
      write(pickle, 'h', 0, 't', 'q', 2, '0', ']');
    }
    for (int i = 0; i < 20_000; i++) {
      write(pickle, 'h', 1, 'h', 2, 'R', 'a');
    }
    write(pickle, '.');
    byte[] bytes = pickle.toByteArray();
    FormatException fault =
        assertThrows(
            FormatException.class,
            () -> PickleReader.read(new ByteCursor(ByteSource.of(bytes), 0, bytes.length)));
    assertTrue(fault.getMessage().startsWith(reason), fault.getMessage());
  }

  private static void write(ByteArrayOutputStream out, int... bytes) {
    for (int each : bytes) {
      out.write(each);
    }
  }

  /** Views as {@code tensor.t()} and slices leave them in a file. */
  @Test
  void readsAViewThatIsNotContiguous() throws IOException {
    ByteBuffer data = ByteBuffer.allocate(10 * Float.BYTES).order(ByteOrder.BIG_ENDIAN);
    for (int i = 0; i < 10; i++) {
      data.putFloat(i);
    }
    StoredTensor.Storage storage =
        new StoredTensor.Storage(
            ByteSource.of(data.array()), 0, data.capacity(), ByteOrder.BIG_ENDIAN);
    StoredTensor transposed =
        StoredTensor.of(ElementType.F32, List.of(3L, 2L), storage, 1, List.of(1L, 4L));
    assertArrayEquals(new float[] {1, 5, 2, 6, 3, 7}, transposed.floats());
    StoredTensor sliced = StoredTensor.of(ElementType.F32, List.of(4L), storage, 6, List.of(1L));
    assertArrayEquals(new float[] {6, 7, 8, 9}, sliced.floats());
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
