package org.dinovmf.tools.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dinovmf.graph.preprocessing.Normalization;
import org.dinovmf.tools.config.Request;
import org.dinovmf.tools.config.Resolver;
import org.dinovmf.training.TrainConfig;
import org.junit.jupiter.api.Test;

class DryRunTest {

  private static final long WIDTH = 64;
  private static final long HIDDEN = 16;
  private static final long BOTTLENECK = 4;
  private static final long PROTOTYPES = 32;

  /** Counted by hand from the sizes of the layers. */
  @Test
  void countsValuesByPart() throws IOException {
    TrainConfig config = config();
    int depth = config.model().encoder().depth();
    assertEquals(WIDTH, config.model().encoder().embedDim());
    DryRun dry = DryRun.of(config, 1, false, 40, 3);

    long patches = 8 * 8 * 3 * WIDTH + WIDTH;
    long tokens = WIDTH + (1 + 2 * 2) * WIDTH; // class token and positions
    long attention = WIDTH * 3 * WIDTH + 3 * WIDTH + WIDTH * WIDTH + WIDTH;
    long mlp = WIDTH * 4 * WIDTH + 4 * WIDTH + 4 * WIDTH * WIDTH + WIDTH;
    long norm = 2 * WIDTH;
    assertEquals(patches + tokens + depth * (attention + mlp + 2 * norm) + norm, dry.encoder());
    assertEquals(
        (WIDTH + 1) * HIDDEN + (HIDDEN + 1) * HIDDEN + (HIDDEN + 1) * BOTTLENECK, dry.head());
    assertEquals(PROTOTYPES * (BOTTLENECK + 1), dry.prototypes(), "directions and norms");
    long student = dry.encoder() + dry.head() + dry.prototypes();
    assertEquals(student, dry.teacher());
    assertEquals(2 * student, dry.optimizer());
    assertEquals(student + PROTOTYPES, dry.sums(), "gradients and the center");
    assertEquals(40 / 4 * 2 - 3, dry.steps());
  }

  @Test
  void tellsNoMemoryWhereItIsUnknown() {
    List<String> known = new DryRun(1, 1, 1, 3, 6, 0, 1 << 30, 1, 10).lines();
    List<String> unknown = new DryRun(1, 1, 1, 3, 6, 0, 0, 1, 10).lines();
    assertTrue(known.get(2).startsWith("Memory, MiB: 1024 at most"), known.get(2));
    assertEquals("Memory for activations: not measured here", unknown.get(2));
    assertFalse(unknown.toString().contains("at most"));
  }

  private static TrainConfig config() {
    Map<String, List<String>> flags =
        new HashMap<>(
            Map.of(
                "method", List.of("dino-vmf"),
                "arch", List.of("vit_nano"),
                "image-size", List.of("16"),
                "patch-size", List.of("8"),
                "local-size", List.of("8"),
                "head-hidden-dim", List.of(Long.toString(HIDDEN)),
                "bottleneck-dim", List.of(Long.toString(BOTTLENECK)),
                "num-prototypes", List.of(Long.toString(PROTOTYPES)),
                "batch-size", List.of("2"),
                "accumulate", List.of("2")));
    flags.put("epochs", List.of("2"));
    flags.put("warmup-epochs", List.of("1"));
    flags.put("warmup-teacher-temp-epochs", List.of("1"));
    Request request = new Request(flags, Optional.empty(), Optional.empty());
    return Resolver.resolve(request, Optional.empty(), Optional.empty())
        .withStatistics(Normalization.imageNet(), 1)
        .trainConfig();
  }
}
