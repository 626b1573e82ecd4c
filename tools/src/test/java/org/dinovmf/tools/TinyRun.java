package org.dinovmf.tools;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.dinovmf.graph.HeadConfig;
import org.dinovmf.graph.VitConfig;
import org.dinovmf.graph.preprocessing.EvalTransform;
import org.dinovmf.graph.preprocessing.Normalization;
import org.dinovmf.ops.Precision;
import org.dinovmf.training.BatchConfig;
import org.dinovmf.training.Devices;
import org.dinovmf.training.ModelConfig;
import org.dinovmf.training.RunOptions;
import org.dinovmf.training.RunRecord;
import org.dinovmf.training.TrainConfig;
import org.dinovmf.training.Trainer;
import org.dinovmf.training.checkpoint.Checkpoint;
import org.dinovmf.training.checkpoint.Checkpoints;
import org.dinovmf.training.data.ImageIndex;
import org.dinovmf.training.data.ImageIndexer;
import org.dinovmf.training.data.MultiCropConfig;
import org.dinovmf.training.data.ScanLimits;
import org.dinovmf.training.method.Method;
import org.dinovmf.training.optimizer.AdamWConfig;
import org.dinovmf.training.schedule.ScheduleConfig;

/** The files of a run whose encoder is tiny and untrained. */
final class TinyRun {

  static final int DIMENSION = 24;

  private TinyRun() {}

  /** Writes the record of a run in color without a checkpoint. */
  static void begin(Path run) throws IOException {
    begin(run, 3);
  }

  /** Writes the record of a run without a checkpoint. */
  static void begin(Path run, int channels) throws IOException {
    Files.createDirectories(run);
    RunRecord.of(config(0, channels), new RunRecord.Data("2-ab", 2, List.of("images")), Map.of())
        .write(run);
  }

  /** Adds a checkpoint in color. */
  static Checkpoint save(Path run, int step) throws IOException {
    return save(run, step, 3);
  }

  /** Adds a checkpoint of the given step; its weights are random and depend on the step. */
  static Checkpoint save(Path run, int step, int channels) throws IOException {
    Path aside = Files.createTempDirectory(run, "aside-");
    TestImages.write(aside.resolve("images/a.png"), Color.RED, 16, 16, 1);
    TestImages.write(aside.resolve("images/b.png"), Color.BLUE, 16, 16, 2);
    ImageIndex images =
        ImageIndexer.scan(List.of(aside.resolve("images")), ScanLimits.standard(), 1);
    Path target = run.resolve("checkpoints").resolve("step-%09d".formatted(step));
    Files.createDirectories(target.getParent());
    try (Trainer trainer =
        Trainer.open(
            config(step, channels),
            RunOptions.standard(1),
            images,
            aside,
            false,
            Devices.session(1, false),
            warning -> {})) {
      Files.move(trainer.save().directory(), target);
    }
    return Checkpoints.read(target);
  }

  private static TrainConfig config(long seed, int channels) {
    MultiCropConfig dino = MultiCropConfig.dino();
    MultiCropConfig.Crop crop = new MultiCropConfig.Crop(16, 0.4, 1);
    return new TrainConfig(
        new ModelConfig(
            Method.dinoVmf(),
            VitConfig.plain(16, 4, DIMENSION, 2, 2, 2, channels),
            new HeadConfig(DIMENSION, 8, 4, 8),
            0,
            Precision.FLOAT32),
        new MultiCropConfig(
            crop,
            crop,
            0,
            dino.minAspect(),
            dino.maxAspect(),
            dino.flipProbability(),
            dino.jitter(),
            dino.grayProbability(),
            dino.blur(),
            dino.solarize()),
        channels == 3 ? Normalization.imageNet() : Normalization.none(channels),
        EvalTransform.whole(16),
        new BatchConfig(2, 1, false),
        AdamWConfig.dino(),
        ScheduleConfig.dino(),
        seed);
  }
}
