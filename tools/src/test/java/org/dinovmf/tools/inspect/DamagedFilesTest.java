package org.dinovmf.tools.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.dinovmf.tools.ExportedFiles;
import org.dinovmf.training.checkpoint.CheckpointException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that somebody damaged, or made to do damage, are inspected or named, and no more. */
final class DamagedFilesTest {

  /** Places of a file at which it is damaged. */
  private static final int PLACES = 100;

  @TempDir private static Path shared;

  @TempDir private Path folder;

  @Test
  void survivesDamageOfAnIndex() throws IOException {
    Path index = folder.resolve("weights.index");
    damage(Files.readAllBytes(ExportedFiles.index(shared)), index, index);
  }

  @Tag("slow")
  @Test
  void survivesDamageOfAGraph() throws IOException {
    Path graph = folder.resolve("saved_model.pb");
    damage(Files.readAllBytes(ExportedFiles.graph(shared)), graph, folder);
  }

  @Test
  void survivesDamageOfOnnx() throws IOException {
    Path onnx = folder.resolve("a.onnx");
    damage(Files.readAllBytes(ExportedFiles.onnx(shared)), onnx, onnx);
  }

  @Test
  void refusesLengthsBeyondTheBlock() throws IOException {
    // No shared bytes, a name of one, and a value of 2^31 - 1, which no byte follows.
    refuseEntry(0, 1, 0xff, 0xff, 0xff, 0xff, 0x07, 'a');
    // 2^63 and more is negative as a number of 64 bits.
    refuseEntry(0, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 'a');
    // Five bytes of the name before, which has none.
    refuseEntry(5, 1, 0, 'a');
  }

  @Test
  void namesATensorThatIsTooLarge() throws IOException {
    UnknownFieldSet.Field side =
        UnknownFieldSet.Field.newBuilder().addVarint(1L << 40).addVarint(1L << 40).build();
    UnknownFieldSet tensor =
        UnknownFieldSet.newBuilder()
            .addField(1, side)
            .addField(2, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
            .addField(8, bytes("huge"))
            .build();
    Path file = onnx(UnknownFieldSet.newBuilder().addField(5, bytes(tensor)).build());
    CheckpointException fault =
        assertThrows(CheckpointException.class, () -> Inspector.inspect(file));
    assertTrue(
        fault.getMessage().startsWith("tensor 'huge' of '%s' is too large".formatted(file)),
        fault.getMessage());
  }

  @Test
  void flagsOpsAndFilesOfBranches() throws IOException {
    UnknownFieldSet location =
        UnknownFieldSet.newBuilder()
            .addField(1, bytes("location"))
            .addField(2, bytes("../../x"))
            .build();
    UnknownFieldSet constant =
        UnknownFieldSet.newBuilder().addField(8, bytes("c")).addField(13, bytes(location)).build();
    UnknownFieldSet inner =
        UnknownFieldSet.newBuilder()
            .addField(4, bytes("Mine"))
            .addField(7, bytes("com.example"))
            .addField(5, bytes(UnknownFieldSet.newBuilder().addField(5, bytes(constant)).build()))
            .build();
    UnknownFieldSet branch = UnknownFieldSet.newBuilder().addField(1, bytes(inner)).build();
    UnknownFieldSet choice =
        UnknownFieldSet.newBuilder()
            .addField(4, bytes("If"))
            .addField(7, bytes("ai.onnx.ml"))
            .addField(5, bytes(UnknownFieldSet.newBuilder().addField(6, bytes(branch)).build()))
            .build();
    Path file = onnx(UnknownFieldSet.newBuilder().addField(1, bytes(choice)).build());
    assertEquals(
        List.of(
            "op Mine of 'com.example' is not ONNX's: it runs code of a library",
            "the data of 'c' lie in another file: '../../x'"),
        Inspector.inspect(file).flags());
  }

  private Path onnx(UnknownFieldSet graph) throws IOException {
    UnknownFieldSet model = UnknownFieldSet.newBuilder().addField(7, bytes(graph)).build();
    return Files.write(folder.resolve("made.onnx"), model.toByteArray());
  }

  private static UnknownFieldSet.Field bytes(String text) {
    return UnknownFieldSet.Field.newBuilder()
        .addLengthDelimited(ByteString.copyFromUtf8(text))
        .build();
  }

  private static UnknownFieldSet.Field bytes(UnknownFieldSet message) {
    return UnknownFieldSet.Field.newBuilder().addLengthDelimited(message.toByteString()).build();
  }

  /** A table whose block of places has one entry, with a sound checksum. */
  private void refuseEntry(int... entry) throws IOException {
    int size = entry.length + 2 * Integer.BYTES;
    ByteBuffer table =
        ByteBuffer.allocate(size + 1 + Integer.BYTES + 48).order(ByteOrder.LITTLE_ENDIAN);
    for (int value : entry) {
      table.put((byte) value);
    }
    table.putInt(0).putInt(1).put((byte) 0);
    CRC32C crc = new CRC32C();
    crc.update(table.array(), 0, size + 1);
    table.putInt(BundleIndex.masked((int) crc.getValue()));
    table.put((byte) 0).put((byte) 0).put((byte) 0).put((byte) size);
    table.putLong(table.capacity() - Long.BYTES, 0xdb4775248b80fb57L);
    Path file = Files.write(folder.resolve("made.index"), table.array());
    CheckpointException fault =
        assertThrows(CheckpointException.class, () -> BundleIndex.read(file));
    assertEquals(
        "'%s' is damaged: its blocks do not fit together".formatted(file), fault.getMessage());
  }

  private static void damage(byte[] whole, Path file, Path inspected) throws IOException {
    int stride = Math.max(1, whole.length / PLACES);
    int refused = 0;
    for (int at = 0; at < whole.length; at += stride) {
      refused += isRefused(Arrays.copyOf(whole, at), file, inspected) ? 1 : 0;
      for (int change : new int[] {1, 0x80, 0xff}) {
        byte[] changed = whole.clone();
        changed[at] ^= (byte) change;
        refused += isRefused(changed, file, inspected) ? 1 : 0;
      }
    }
    assertTrue(refused > 0);
  }

  /** Another exception than that of damage fails the test. */
  private static boolean isRefused(byte[] bytes, Path file, Path inspected) throws IOException {
    Files.write(file, bytes);
    try {
      Inspector.inspect(inspected);
      return false;
    } catch (CheckpointException e) {
      assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
      return true;
    }
  }
}
