package org.dinovmf.training.analysis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.dinovmf.training.analysis.PrototypeMixture.Assigned;
import org.dinovmf.training.method.PrototypeKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PrototypeMixtureTest {

  @ParameterizedTest
  @EnumSource
  void matchesTheDensityByItsBesselFunction(PrototypeKind kind) throws IOException {
    PrototypeGolden golden = new PrototypeGolden();
    JsonNode expected = golden.get(kind.name());
    List<Assigned> found = golden.mixture(kind).assign(golden.embeddings(), 2);
    assertEquals(60, found.size());
    for (int i = 0; i < found.size(); i++) {
      Assigned one = found.get(i);
      assertEquals(expected.get("prototype").get(i).intValue(), one.prototype());
      // Logits of up to 25 in float32.
      assertEquals(expected.get("posterior").get(i).doubleValue(), one.posterior(), 2e-5);
      assertEquals(expected.has("logDensity"), one.logDensity().isPresent());
      if (expected.has("logDensity")) {
        double logDensity = expected.get("logDensity").get(i).doubleValue();
        assertEquals(logDensity, one.logDensity().getAsDouble(), 2e-5);
      }
    }
  }

  /** On both sides of the blocks of prototypes and of embeddings. */
  @Test
  void blocksMakeNoDifference() {
    SplittableRandom random = new SplittableRandom(1);
    float[][] vectors = unit(random, 600, 5);
    List<float[]> embeddings = List.of(unit(random, 131, 5));
    PrototypeMixture mixture = PrototypeMixture.of(vectors, 0.1, PrototypeKind.VMF);
    List<Assigned> found = mixture.assign(embeddings, 2);
    assertEquals(found, mixture.assign(embeddings, 1));
    for (int i = 0; i < embeddings.size(); i++) {
      int best = 0;
      for (int k = 1; k < vectors.length; k++) {
        best =
            Rows.dot(embeddings.get(i), vectors[k]) > Rows.dot(embeddings.get(i), vectors[best])
                ? k
                : best;
      }
      assertEquals(best, found.get(i).prototype(), "embedding " + i);
      assertEquals(Rows.dot(embeddings.get(i), vectors[best]), found.get(i).cosine(), 1e-6);
    }
  }

  @Test
  void keepsConcentrationAndDirectionApart() {
    PrototypeMixture mixture =
        PrototypeMixture.of(new float[][] {{0, 3}, {4, 0}}, 0.5, PrototypeKind.VMF);
    assertEquals(6, mixture.kappa(0));
    assertEquals(8, mixture.kappa(1));
    assertEquals(1, mixture.directions().get(1)[0]);
    assertEquals(2, mixture.dim());
    assertEquals(2, mixture.size());
  }

  @Test
  void refusesWhatHasNoDirection() {
    var e =
        assertThrows(
            IllegalArgumentException.class,
            () -> PrototypeMixture.of(new float[][] {{1, 0}, {0, 0}}, 0.1, PrototypeKind.VMF));
    assertEquals(
        "a prototype must have a length above 0, but prototype 1 has length 0.0", e.getMessage());
    assertThrows(
        IllegalArgumentException.class,
        () -> PrototypeMixture.of(new float[][] {{1, 0}}, 0, PrototypeKind.VMF));
  }

  static float[][] unit(SplittableRandom random, int rows, int dim) {
    List<float[]> unit = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      float[] row = new float[dim];
      for (int d = 0; d < dim; d++) {
        row[d] = (float) (random.nextDouble() - 0.5);
      }
      unit.add(Rows.scaled(row, 1 / Rows.norm(row)));
    }
    return unit.toArray(float[][]::new);
  }
}
