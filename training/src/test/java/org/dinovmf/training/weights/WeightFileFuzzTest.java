package org.dinovmf.training.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.ndarray.Shape;

/**
 * Damaged files of every layout: each is read or refused with a message, and the memory that this
 * takes is bounded by the size of the file.
 */
@Tag("slow")
class WeightFileFuzzTest {

  /** Objects made for a byte of the file; an empty dictionary is the largest for one byte. */
  private static final long BYTES_PER_BYTE = 200;

  /** What a file of any size may take: tables, exceptions with their traces. */
  private static final long FIXED_BYTES = 1_000_000;

  /** Most damage changes no view, so that reading every tensor of every file tells little. */
  private static final int READ_EVERY = 8;

  private static final byte[] INTERESTING = {
    0, 1, -1, 127, -128, '.', '(', '}', ']', 'R', 'c', 'Q'
  };

  @ParameterizedTest(name = "{0}, {1} files")
  @CsvSource({
    "small.pth, 40000",
    "small.safetensors, 40000",
    "hostile.pth, 10000",
    "dino-backbone.pth, 6000",
    "dino-full.pth, 2000",
    "dino-full-legacy-format.pth, 3000"
  })
  void everyDamagedFileIsReadOrRefused(String name, int files) throws IOException {
    byte[] whole = name.startsWith("small.") ? small(name) : Interop.bytes(name);
    int[] structure = structure(name, whole);
    SplittableRandom random = new SplittableRandom(files);
    ThreadMXBean memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().getId();
    int refused = 0;
    for (int i = 0; i < files; i++) {
      byte[] damaged = damage(whole, structure, random);
      long before = memory.getThreadAllocatedBytes(thread);
      try {
        TensorTable table = WeightFile.read(ByteSource.of(damaged));
        if (i % READ_EVERY == 0) {
          readAll(table);
        }
      } catch (FormatException e) {
        refused++;
        assertEquals(1, e.getMessage().lines().count(), e.getMessage());
      } catch (RuntimeException | StackOverflowError e) {
        fail("file %d of %s".formatted(i, name), e);
      }
      long used = memory.getThreadAllocatedBytes(thread) - before;
      long bound = BYTES_PER_BYTE * damaged.length + FIXED_BYTES;
      assertTrue(used < bound, "file %d of %s takes %d bytes".formatted(i, name, used));
    }
    assertTrue(refused > files / 8, refused + " refused");
  }

  /** Tensors are read too, so that views are followed. */
  private static void readAll(TensorTable table) throws IOException {
    for (Map<String, StoredTensor> group : table.groups().values()) {
      for (StoredTensor tensor : group.values()) {
        tensor.floats();
      }
    }
  }

  /** Positions of all bytes but those of the tensors' values, which can be anything. */
  private static int[] structure(String name, byte[] whole) throws IOException {
    BitSet positions = new BitSet();
    positions.set(0, whole.length);
    if (!name.equals("hostile.pth")) {
      for (Map<String, StoredTensor> group :
          WeightFile.read(ByteSource.of(whole)).groups().values()) {
        for (StoredTensor tensor : group.values()) {
          int first = (int) tensor.storage().position();
          positions.clear(first, first + (int) tensor.storage().bytes());
        }
      }
    }
    return positions.stream().toArray();
  }

  private static byte[] damage(byte[] whole, int[] structure, SplittableRandom random) {
    byte[] bytes = whole.clone();
    int changes = 1 + random.nextInt(4);
    for (int change = 0; change < changes; change++) {
      int at = Math.min(structure[random.nextInt(structure.length)], bytes.length - 1);
      switch (random.nextInt(5)) {
        case 0 -> bytes[at] = (byte) random.nextInt(256);
        case 1 -> bytes[at] = INTERESTING[random.nextInt(INTERESTING.length)];
        case 2 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 3 -> {
          int from = structure[random.nextInt(structure.length)];
          int count = Math.min(1 + random.nextInt(16), bytes.length - at);
          count = Math.min(count, whole.length - from);
          System.arraycopy(whole, from, bytes, at, count);
        }
        default -> {
          if (random.nextInt(8) == 0) {
            bytes = Arrays.copyOf(bytes, 1 + at);
          }
        }
      }
    }
    return bytes;
  }

  private static byte[] small(String name) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    NamedTensor matrix = new NamedTensor("a", Shape.of(2, 3), new float[6]);
    NamedTensor vector = new NamedTensor("b.c", Shape.of(4), new float[4]);
    if (name.endsWith(".pth")) {
      TorchWriter.write(out, Map.of("teacher", List.of(matrix, vector)));
    } else {
      SafetensorsWriter.write(out, List.of(matrix, vector), Map.of("format", "pt"));
    }
    return out.toByteArray();
  }
}
