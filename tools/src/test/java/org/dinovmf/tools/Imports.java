package org.dinovmf.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dinovmf.graph.WeightStore.Variable;
import org.dinovmf.training.RunRecord;
import org.dinovmf.training.checkpoint.Checkpoint;
import org.dinovmf.training.weights.SavedWeights;
import org.tensorflow.types.TFloat32;

/** Runs of small checkpoints that PyTorch wrote. */
final class Imports {

  static final Path INTEROP = Path.of("../training/src/test/resources/interop");
  private static final List<String> SMALL_HEAD =
      List.of("--head-hidden-dim=8", "--bottleneck-dim=4", "--num-prototypes=8");

  /** Of a training that changes nothing. */
  static final List<String> BRIEF =
      List.of(
          "--epochs=1",
          "--batch-size=2",
          "--local-crops=1",
          "--warmup-epochs=0",
          "--warmup-teacher-temp-epochs=0",
          "--lr=1e-30",
          "--min-lr=1e-30",
          "--threads=1");

  private Imports() {}

  /** An import with a head. */
  static Path full(Path run) {
    CommandRun imported =
        CommandRun.of("import", INTEROP.resolve("dino-full.pth"), "--heads=2", "--out", run);
    assertEquals(0, imported.exitCode(), imported.err());
    return run;
  }

  /** An import without a head, which gets a small one. */
  static Path backbone(Path run, String name, String... more) {
    List<Object> arguments =
        new ArrayList<>(List.of("import", INTEROP.resolve(name), "--heads=2", "--out", run));
    arguments.addAll(SMALL_HEAD);
    arguments.addAll(List.of(more));
    CommandRun imported = CommandRun.of(arguments.toArray());
    assertEquals(0, imported.exitCode(), imported.err());
    return run;
  }

  /** An import without a head that trains briefly. */
  static Path brief(Path run) {
    return backbone(run, "dino-backbone.pth", BRIEF.toArray(String[]::new));
  }

  /** Two red and two blue images. */
  static void writeImages(Path images) throws IOException {
    for (int i = 0; i < 4; i++) {
      TestImages.write(images.resolve(i + ".png"), i % 2 == 0 ? Color.RED : Color.BLUE, 20, 20, i);
    }
  }

  /** The weights of a run's checkpoint by name. */
  static Map<String, float[]> weights(Path run) throws IOException {
    Checkpoint checkpoint = TrainedEncoder.checkpoint(run, Optional.empty(), warning -> {});
    Map<String, float[]> values = new HashMap<>();
    try (SavedWeights weights =
        new SavedWeights(RunRecord.read(run).config(), checkpoint.prefix())) {
      for (Variable<TFloat32> variable : weights.variables()) {
        values.put(variable.name(), weights.get(variable));
      }
    }
    return values;
  }
}
