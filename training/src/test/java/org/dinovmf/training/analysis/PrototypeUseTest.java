package org.dinovmf.training.analysis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import java.util.OptionalDouble;
import org.dinovmf.training.method.PrototypeKind;
import org.junit.jupiter.api.Test;

class PrototypeUseTest {

  @Test
  void matchesScipy() throws IOException {
    PrototypeGolden golden = new PrototypeGolden();
    PrototypeUse use = use(golden.mixture(PrototypeKind.VMF), golden.embeddings());
    // Cluster sizes are counts, the rest is double but for the rounding of the embeddings' length.
    assertEquals(golden.get("marginalEntropy").doubleValue(), use.marginalEntropy(), 1e-12);
    JsonNode expected = golden.get("attractedKappa");
    for (int k = 0; k < expected.size(); k++) {
      OptionalDouble found = use.attractedKappa(k);
      assertEquals(!expected.get(k).isNull(), found.isPresent(), "prototype " + k);
      if (found.isPresent()) {
        double kappa = expected.get(k).doubleValue();
        assertEquals(kappa, found.getAsDouble(), 1e-5 * kappa, "prototype " + k);
      }
    }
  }

  /** Four axes of which the second is twice there, and five images. */
  @Test
  void countsByHand() {
    PrototypeMixture mixture =
        PrototypeMixture.of(
            new float[][] {{1, 0}, {0, 1}, {0, 1}, {-1, 0}, {0, -1}}, 0.1, PrototypeKind.UNIT);
    List<float[]> images =
        List.of(
            new float[] {0.8f, 0.6f},
            new float[] {0, 1},
            new float[] {1, 0},
            new float[] {0, -1},
            new float[] {0.6f, 0.8f});
    PrototypeUse use = use(mixture, images);
    DuplicateGroups groups = DuplicateGroups.of(mixture.directions(), 0.025, 1);
    assertEquals(5, use.images());
    assertEquals(3, use.used());
    assertEquals(3, use.usedGroups(groups));
    assertEquals(2, use.imagesOf(0));
    assertEquals(2, use.imagesOf(1));
    assertEquals(0, use.imagesOf(2), "of equal prototypes the first");
    assertEquals(2, use.imagesOfGroup(groups, 2));
    assertEquals(List.of(2, 0), use.typical(0, 9));
    assertEquals(List.of(2), use.typical(0, 1));
    double entropy = -0.4 * Math.log(0.4) * 2 - 0.2 * Math.log(0.2);
    assertEquals(entropy, use.marginalEntropy(), 1e-12);
    assertTrue(use.attractedKappa(4).isEmpty(), "one image has no concentration");
  }

  @Test
  void onePointHasNoConcentration() {
    PrototypeMixture mixture =
        PrototypeMixture.of(new float[][] {{0.6f, 0.8f}, {0, -1}}, 0.1, PrototypeKind.UNIT);
    float[] point = {0.6f, 0.8f};
    PrototypeUse use = use(mixture, List.of(point, point, point));
    assertTrue(use.attractedKappa(0).isEmpty());
    assertEquals(0, use.marginalEntropy());
  }

  private static PrototypeUse use(PrototypeMixture mixture, List<float[]> embeddings) {
    return PrototypeUse.of(mixture, embeddings, mixture.assign(embeddings, 1));
  }
}
