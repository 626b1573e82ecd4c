package org.dinovmf.training;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.dinovmf.graph.HeadConfig;
import org.dinovmf.graph.VitConfig;
import org.dinovmf.ops.Precision;
import org.dinovmf.training.data.MultiCropConfig;
import org.dinovmf.training.method.Method;
import org.junit.jupiter.api.Test;

class StepFlopsTest {

  private static final VitConfig ENCODER = VitConfig.plain(8, 4, 6, 2, 3, 2, 3);
  private static final HeadConfig HEAD = new HeadConfig(6, 5, 4, 7);

  /** Products of one image of 4 patches, each written out as rows x inner x columns. */
  private static final double IMAGE =
      2 * (4 * 48 * 6) + 2 * 2 * (5 * 6 * 18 + 2 * 5 * 6 * 5 + 5 * 6 * 6 + 2 * 5 * 6 * 12);

  private static final double CROP =
      2 * (48 * 6) + 2 * 2 * (2 * 6 * 18 + 2 * 2 * 6 * 2 + 2 * 6 * 6 + 2 * 2 * 6 * 12);

  private static final double MLP = 2 * (6 * 5 + 5 * 5 + 5 * 4);
  private static final double SCORES = 2 * 4 * 7;

  private static TrainConfig config() {
    TrainConfig tiny = TinyTraining.config(Method.dinoVmf());
    MultiCropConfig crops =
        MultiCropConfig.dino()
            .withCrops(
                new MultiCropConfig.Crop(8, 0.4, 1), new MultiCropConfig.Crop(4, 0.1, 0.4), 3);
    return new TrainConfig(
        new ModelConfig(Method.dinoVmf(), ENCODER, HEAD, 0, Precision.FLOAT32),
        crops,
        tiny.normalization(),
        tiny.evaluation(),
        new BatchConfig(5, 2, false),
        tiny.optimizer(),
        tiny.schedule(),
        1);
  }

  @Test
  void countsTheProductsOfStudentAndTeacher() {
    StepFlops flops = StepFlops.of(config(), 0);
    assertEquals(10 * (3 * (2 * IMAGE + 3 * CROP) + 2 * IMAGE), flops.encoders());
    assertEquals(10 * (3 * 5 + 2) * MLP, flops.heads());
    assertEquals(10 * (3 * 5 + 2) * SCORES, flops.prototypes());
    assertEquals(flops.encoders() + flops.heads() + flops.prototypes(), flops.total());
  }

  /** A quarter of the student's patches, and all of the teacher's. */
  @Test
  void countsPatchesWhereSomeAreMasked() {
    StepFlops flops = StepFlops.of(config(), 0.25);
    double rows = 10 * (3 * (5 + 0.25 * 2 * 4) + 2 + 2 * 4);
    assertEquals(rows * MLP, flops.heads());
    assertEquals(rows * SCORES, flops.prototypes());
  }
}
