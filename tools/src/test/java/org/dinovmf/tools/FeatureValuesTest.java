package org.dinovmf.tools;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.dinovmf.graph.Prototypes;
import org.dinovmf.savedmodel.Ability;
import org.dinovmf.savedmodel.CheckpointSource;
import org.dinovmf.savedmodel.Encoder;
import org.dinovmf.savedmodel.HeadSource;
import org.dinovmf.savedmodel.TokenEmbeddings;
import org.dinovmf.tools.features.FeatureKind;
import org.dinovmf.tools.features.PrototypeNumber;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each kind of features, beside the same made of the encoder's own outputs. */
final class FeatureValuesTest {

  private static final int D = TinyRun.DIMENSION;

  @TempDir private static Path shared;

  private static Path run;
  private static CheckpointSource source;
  private static float[][][][] pixels;

  @BeforeAll
  static void makeRun() throws IOException {
    run = Files.createDirectory(shared.resolve("run"));
    TinyRun.begin(run);
    TinyRun.save(run, 1);
    source = TrainedEncoder.of(run, Optional.empty(), warning -> {}).source();
    SplittableRandom random = new SplittableRandom(9);
    pixels = new float[6][16][16][3];
    for (int i = 0; i < pixels.length * 16 * 16 * 3; i++) {
      float shade = i / 768 % 3 == i % 3 ? 0.9f : 0.1f; // of three colors
      pixels[i / 768][i / 48 % 16][i / 3 % 16][i % 3] =
          (float) Math.min(1, shade + 0.3 * random.nextDouble());
    }
  }

  @Test
  void blocksStandSideBySideTheLastOneLast() throws IOException {
    try (Encoder encoder = Encoder.fromCheckpoint(source, 1)) {
      float[][] rows = FeatureKind.parse("cls-2").rows(encoder, pixels);
      float[][][] blocks = encoder.classTokens(2, pixels);
      for (int i = 0; i < pixels.length; i++) {
        for (int d = 0; d < D; d++) {
          assertEquals(blocks[0][i][d], rows[i][d]);
          assertEquals(blocks[1][i][d], rows[i][D + d]);
        }
        assertArrayEquals(encoder.embedPixels(pixels)[i], blocks[1][i], 1e-5f);
      }
    }
  }

  @Test
  void meansFollowTheClassToken() throws IOException {
    try (Encoder encoder = Encoder.fromCheckpoint(source, 1)) {
      float[][] mean = FeatureKind.parse("cls-mean").rows(encoder, pixels);
      float[][] generalized = FeatureKind.parse("cls-gem").rows(encoder, pixels);
      TokenEmbeddings tokens = encoder.tokens(pixels);
      for (int i = 0; i < pixels.length; i++) {
        float[][] patches = tokens.patches()[i];
        for (int d = 0; d < D; d++) {
          double sum = 0;
          double fourth = 0;
          for (float[] patch : patches) {
            sum += patch[d];
            fourth += Math.pow(Math.max(patch[d], 1e-6), 4);
          }
          assertEquals(tokens.cls()[i][d], mean[i][d]);
          assertEquals(tokens.cls()[i][d], generalized[i][d]);
          assertEquals(sum / patches.length, mean[i][D + d], 1e-6);
          assertEquals(Math.pow(fourth / patches.length, 0.25), generalized[i][D + d], 1e-6);
        }
      }
    }
  }

  /** Without a normalizer, the prototype of the highest product with the embedding. */
  @Test
  void prototypeIsTheMostProbableOfEachKind() throws IOException {
    HeadSource head = source.head().orElseThrow();
    for (Prototypes kind : new Prototypes[] {new Prototypes.Unit(), new Prototypes.Free()}) {
      HeadSource other = new HeadSource(head.sizes(), kind, head.temperature(), head.weights());
      CheckpointSource checkpoint =
          new CheckpointSource(
              source.spec(), source.checkpoint(), source.weights(), Optional.of(other));
      try (Encoder encoder = Encoder.fromCheckpoint(checkpoint, 1)) {
        assertFalse(encoder.has(Ability.ASSIGN));
        float[][] rows = PrototypeNumber.of(encoder).rows(encoder, pixels);
        float[][] embeddings = encoder.sphereEmbeddings(pixels);
        float[][] prototypes = encoder.prototypes();
        for (int i = 0; i < pixels.length; i++) {
          double chosen = product(prototypes[(int) rows[i][0]], embeddings[i]);
          for (float[] prototype : prototypes) {
            assertTrue(chosen >= product(prototype, embeddings[i]), kind.toString());
          }
        }
      }
    }
    try (Encoder encoder = Encoder.fromCheckpoint(source, 1)) {
      float[][] rows = PrototypeNumber.of(encoder).rows(encoder, pixels);
      int[][] assigned = encoder.assign(pixels).prototypes();
      for (int i = 0; i < pixels.length; i++) {
        assertEquals(assigned[i][0], rows[i][0]);
      }
    }
  }

  /** By the prototypes that analyze prototypes names: each counts its most frequent class. */
  @Test
  void purityIsThatOfTheAssignedPrototypes() throws IOException {
    Path images = shared.resolve("images");
    Color[] colors = {Color.RED, Color.GREEN, Color.BLUE};
    for (int i = 0; i < 12; i++) {
      TestImages.write(
          images.resolve("c" + i % 3).resolve(i + ".png"), colors[(i + i / 9) % 3], 16, 16, i);
    }
    CommandRun cluster = CommandRun.of("eval", "cluster", "--run", run, "--data", images, "--json");
    CommandRun study = CommandRun.of("analyze", "prototypes", run, "--data", images, "--json");
    assertEquals(0, cluster.exitCode(), cluster.err());
    assertEquals(0, study.exitCode(), study.err());
    Map<Integer, Map<String, Integer>> counts = new HashMap<>();
    for (JsonNode image : new ObjectMapper().readTree(study.out()).get("images")) {
      String path = image.get("path").textValue();
      counts
          .computeIfAbsent(image.get("prototype").intValue(), k -> new HashMap<>())
          .merge(path.substring(0, path.lastIndexOf('/')), 1, Integer::sum);
    }
    int most = 0;
    for (Map<String, Integer> classes : counts.values()) {
      most += classes.values().stream().mapToInt(Integer::intValue).max().orElseThrow();
    }
    JsonNode scores = new ObjectMapper().readTree(cluster.out());
    assertEquals(counts.size(), scores.get("clusters").intValue());
    assertEquals(most / 12.0, scores.get("purity").doubleValue(), 1e-12);
    assertTrue(most < 12, "three images are of another class's color");
  }

  private static double product(float[] a, float[] b) {
    double sum = 0;
    for (int d = 0; d < a.length; d++) {
      sum += (double) a[d] * b[d];
    }
    return sum;
  }
}
