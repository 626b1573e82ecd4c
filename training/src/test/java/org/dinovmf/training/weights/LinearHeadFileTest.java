package org.dinovmf.training.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

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
    Path file = folder.resolve("short.safetensors");
    try (OutputStream out = Files.newOutputStream(file)) {
      SafetensorsWriter.write(
          out,
          List.of(
              new NamedTensor("weight", Shape.of(2, 1), new float[2]),
              new NamedTensor("bias", Shape.of(2), new float[2])),
          Map.of("classes", "[\"a\"]", "features", "cls", "test_embedding", "[1]"));
    }
    assertEquals(
        "'%s' is not a linear head: weights and bias must have a row for each class: 2 rows, 2 biases, 1 classes"
            .formatted(file),
        assertThrows(CheckpointException.class, () -> LinearHeadFile.read(file)).getMessage());
  }
}
