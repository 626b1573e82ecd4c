package org.dinovmf.tools.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dinovmf.graph.HeadConfig;
import org.dinovmf.graph.VitConfig;
import org.dinovmf.graph.preprocessing.EvalTransform;
import org.dinovmf.graph.preprocessing.Normalization;
import org.dinovmf.ops.Precision;
import org.dinovmf.tools.config.Request;
import org.dinovmf.tools.config.Resolved;
import org.dinovmf.tools.config.Resolver;
import org.dinovmf.training.BatchConfig;
import org.dinovmf.training.ModelConfig;
import org.dinovmf.training.TrainConfig;
import org.dinovmf.training.data.MultiCropConfig;
import org.dinovmf.training.method.Method;
import org.dinovmf.training.optimizer.AdamWConfig;
import org.dinovmf.training.schedule.ScheduleConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoConfigTest {

  @TempDir private Path folder;

  /** The run that the published table is of. */
  @Test
  void isTheRunOfTheTable() {
    TrainConfig expected =
        new TrainConfig(
            new ModelConfig(
                Method.dinoVmf(),
                VitConfig.plain(28, 7, 64, 3, 4, 4, 3),
                new HeadConfig(64, 256, 64, 512),
                0,
                Precision.FLOAT32),
            new MultiCropConfig(
                new MultiCropConfig.Crop(28, 0.25, 1),
                new MultiCropConfig.Crop(14, 0.1, 1),
                8,
                3.0 / 4,
                4.0 / 3,
                0.5,
                new MultiCropConfig.Jitter(0.8, 0.6, 0.4, 0, 0),
                0,
                new MultiCropConfig.Blur(0.3, 0.1, 0.2, 0.1, 1.0),
                new MultiCropConfig.Solarize(0, 128)),
            new Normalization(List.of(0.286, 0.286, 0.286), List.of(0.353, 0.353, 0.353)),
            EvalTransform.whole(28),
            new BatchConfig(16, 1, false),
            AdamWConfig.dino(),
            new ScheduleConfig(
                30,
                3.2e-2,
                1e-5,
                1,
                0.04,
                0.04,
                0.98,
                0.03,
                0.04,
                2,
                1,
                ScheduleConfig.Patches.ibot()),
            7);
    assertEquals(expected, resolved().trainConfig());
  }

  /** What {@code train --resume} reads. */
  @Test
  void itsConfigurationFileGivesTheSameRun() throws IOException {
    Resolved first = resolved();
    first.writeTo(folder);
    Request again =
        new Request(Map.of(), Optional.of(folder.resolve(Resolved.FILE_NAME)), Optional.empty());
    Resolved second = Resolver.resolve(again, Optional.empty(), Optional.empty());
    assertEquals(first.trainConfig(), second.trainConfig());
    assertEquals(first.runOptions(), second.runOptions());
    try (var files = Files.list(folder)) {
      assertEquals(List.of(folder.resolve(Resolved.FILE_NAME)), files.toList());
    }
  }

  private Resolved resolved() {
    return DemoConfig.of(folder.resolve("images"), folder, DemoConfig.EPOCHS, 7, 1);
  }
}
