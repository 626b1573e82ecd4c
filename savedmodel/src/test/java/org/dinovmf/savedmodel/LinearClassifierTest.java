package org.dinovmf.savedmodel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.dinovmf.savedmodel.LinearClassifier.Features;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LinearClassifierTest {

  @TempDir private Path folder;

  /** With one weight that is not 0, the logits are a value of the class token and 0. */
  @Test
  void servesTheSoftmaxOfItsLogits() throws IOException {
    float[][] weights = new float[2][24];
    weights[0][5] = 2;
    LinearClassifier classifier =
        new LinearClassifier(
            new Features.ClassTokens(1), weights, new float[] {0.25f, 0}, List.of("Käse", "b"));
    Path checkpoint = folder.resolve("weights");
    float[][][][] pixels = new float[2][16][16][3];
    pixels[1][3][4][0] = 1;
    try (TeacherCheckpoint teacher = new TeacherCheckpoint()) {
      teacher.save(checkpoint);
      Path version =
          EncoderExporter.export(
              TeacherCheckpoint.source(checkpoint),
              new ExportConfig(Sizes.FIXED, WeightType.FLOAT32, Optional.of(classifier)),
              folder.resolve("model"));
      float[][] tokens = teacher.embed(pixels);
      try (Encoder model = Encoder.load(version)) {
        Classification found = model.classify(pixels);
        assertEquals(List.of("Käse", "b"), found.classes());
        for (int i = 0; i < 2; i++) {
          float first = (float) (1 / (1 + Math.exp(-(2 * tokens[i][5] + 0.25))));
          assertArrayEquals(new float[] {first, 1 - first}, found.probabilities()[i], 1e-5f);
        }
      }
      String requests =
          Files.readString(version.resolve(WarmupFile.REQUESTS), StandardCharsets.ISO_8859_1);
      assertTrue(requests.contains("classify"), "the server warms it up, too");
      assertTrue(
          requests.contains(
              new String("Käse".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1)),
          "with its response");
    }
  }

  @Test
  void refusesAnotherWidth() {
    LinearClassifier narrow =
        new LinearClassifier(
            new Features.ClassAndMean(), new float[1][24], new float[1], List.of("a"));
    assertEquals(
        "a classifier of this encoder must have 48 weights for each class, but has 24",
        assertThrows(
                IllegalArgumentException.class, () -> narrow.requireFits(TeacherCheckpoint.SPEC))
            .getMessage());
    assertEquals(
        "a classifier of the class tokens of 3 blocks needs an encoder of at least 3 blocks, but this has 2",
        assertThrows(
                IllegalArgumentException.class,
                () -> new Features.ClassTokens(3).dimension(TeacherCheckpoint.SPEC))
            .getMessage());
    assertEquals(
        "blocks must be at least 1, but are 0",
        assertThrows(IllegalArgumentException.class, () -> new Features.ClassTokens(0))
            .getMessage());
  }
}
