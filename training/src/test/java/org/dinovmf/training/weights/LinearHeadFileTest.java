package org.dinovmf.training.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.dinovmf.training.checkpoint.CheckpointException;
import org.dinovmf.training.eval.linear.LinearHead;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.ndarray.Shape;

final class LinearHeadFileTest {

  private static final LinearHead HEAD =
      new LinearHead(
          new float[][] {{1, 2, 3}, {-4, 5, 6}},
          new float[] {0.5f, 7},
          List.of("Käse", "\"b\""),
          "cls-4");

  @TempDir private Path folder;

  @Test
  void readsWhatItWrote() throws IOException {
    Path file = folder.resolve("head.safetensors");
    float[] testEmbedding = {1.5f, -0.1f, 1e-9f};
    LinearHeadFile.write(file, new SavedHead(HEAD, testEmbedding));
    SavedHead saved = LinearHeadFile.read(file);
    assertArrayEquals(testEmbedding, saved.testEmbedding());
    LinearHead read = saved.head();
    assertArrayEquals(HEAD.weights(), read.weights());
    assertArrayEquals(HEAD.bias(), read.bias());
    assertEquals(HEAD.classes(), read.classes());
    assertEquals("cls-4", read.features());
    assertArrayEquals(new float[] {14.5f, 31}, read.logits(new float[] {1, 2, 3}));
  }

  @Test
  void refusesOtherWeights() throws IOException {
    Path file = folder.resolve("other.safetensors");
    try (OutputStream out = Files.newOutputStream(file)) {
      SafetensorsWriter.write(
          out, List.of(new NamedTensor("weight", Shape.of(1, 1), new float[1])), Map.of());
    }
    assertEquals(
        "'%s' is not a linear head: it must hold 'weight' and 'bias', and say its 'classes', 'features' and 'test_embedding'; make one with eval linear"
            .formatted(file),
        assertThrows(CheckpointException.class, () -> LinearHeadFile.read(file)).getMessage());
  }

  @Test
  void refusesAHeadWhoseSizesDiffer() throws IOException {
    assertEquals(
        "weights and bias must have a row for each class: 2 rows, 2 biases, 1 classes",
        faultOf("[\"a\"]", "[1]"));
  }

  @Test
  void refusesMetadataThatSayNothing() throws IOException {
    assertEquals("classes must be a list of names", faultOf("null", "[1]"));
    assertEquals("classes must be a list of names", faultOf("[\"a\", null]", "[1]"));
    assertEquals(
        "test_embedding must have values, but has none", faultOf("[\"a\", \"b\"]", "null"));
    assertEquals("test_embedding must have values, but has none", faultOf("[\"a\", \"b\"]", "[]"));
  }

  /** What is wrong with a head of two classes that has this metadata. */
  private String faultOf(String classes, String testEmbedding) throws IOException {
    Path file = folder.resolve("wrong.safetensors");
    try (OutputStream out = Files.newOutputStream(file)) {
      SafetensorsWriter.write(
          out,
          List.of(
              new NamedTensor("weight", Shape.of(2, 1), new float[2]),
              new NamedTensor("bias", Shape.of(2), new float[2])),
          Map.of("classes", classes, "features", "cls", "test_embedding", testEmbedding));
    }
    String fault =
        assertThrows(CheckpointException.class, () -> LinearHeadFile.read(file)).getMessage();
    String start = "'%s' is not a linear head: ".formatted(file);
    assertTrue(fault.startsWith(start), fault);
    return fault.substring(start.length());
  }
}
