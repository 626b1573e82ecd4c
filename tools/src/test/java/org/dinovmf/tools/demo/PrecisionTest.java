package org.dinovmf.tools.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.dinovmf.ops.Precision;
import org.dinovmf.tools.config.Resolved;
import org.dinovmf.training.Devices;
import org.dinovmf.training.ModelConfig;
import org.dinovmf.training.TrainConfig;
import org.dinovmf.training.TrainListener;
import org.dinovmf.training.Trainer;
import org.dinovmf.training.checkpoint.Checkpoint;
import org.dinovmf.training.data.Batch;
import org.dinovmf.training.data.ImageIndex;
import org.dinovmf.training.data.ImageIndexer;
import org.dinovmf.training.data.ScanLimits;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class PrecisionTest {

  private static final int THREADS = 2;

  @TempDir Path folder;

  /** The first epoch of the demo, the mean of every 50 steps, as it is reported. */
  @Test
  void lossOfBfloat16FollowsThatOfFloat32() throws Exception {
    ShippedImages images = ShippedImages.unpack(folder.resolve("images"));
    List<Double> exact = curve(images.train(), Precision.FLOAT32);
    List<Double> rounded = curve(images.train(), Precision.BFLOAT16);
    assertNotEquals(exact, rounded);
    assertEquals(8, exact.size());
    assertEquals(exact.size(), rounded.size());
    for (int i = 0; i < exact.size(); i++) {
      assertEquals(exact.get(i), rounded.get(i), 0.02 * exact.get(i), "point " + i);
    }
  }

  private List<Double> curve(Path data, Precision precision)
      throws IOException, InterruptedException {
    Path run = folder.resolve(precision.label());
    Resolved resolved = DemoConfig.of(data, run, 1, 0, THREADS);
    ImageIndex index = ImageIndexer.scan(List.of(data), ScanLimits.standard(), THREADS);
    Losses losses = new Losses();
    try (Trainer trainer =
        Trainer.open(
            with(precision, resolved.trainConfig()),
            resolved.runOptions(),
            index,
            run,
            false,
            Devices.session(THREADS, false),
            warning -> {
              throw new AssertionError(warning);
            })) {
      trainer.train(losses, () -> false);
    }
    return losses.values;
  }

  private static TrainConfig with(Precision precision, TrainConfig config) {
    ModelConfig model = config.model();
    return new TrainConfig(
        new ModelConfig(model.method(), model.encoder(), model.head(), model.dropPath(), precision),
        config.crops(),
        config.normalization(),
        config.evaluation(),
        config.batch(),
        config.optimizer(),
        config.schedule(),
        config.seed());
  }

  private static final class Losses implements TrainListener {

    private final List<Double> values = new ArrayList<>();

    @Override
    public void started(long firstStep, long totalSteps, long stepsPerEpoch) {}

    @Override
    public void firstBatch(Batch batch) {}

    @Override
    public void stepped(long step, long totalSteps, double seconds, double waitSeconds) {}

    @Override
    public void reported(Report report) {
      values.add(report.mean().loss());
    }

    @Override
    public void epochEnded(long epoch, long step) {}

    @Override
    public void saved(Checkpoint checkpoint) {}
  }
}
