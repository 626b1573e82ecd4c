package org.dinovmf.tools.demo;

import java.util.List;
import org.dinovmf.graph.HeadConfig;
import org.dinovmf.graph.VitConfig;
import org.dinovmf.graph.preprocessing.EvalTransform;
import org.dinovmf.graph.preprocessing.Normalization;
import org.dinovmf.training.BatchConfig;
import org.dinovmf.training.ModelConfig;
import org.dinovmf.training.TrainConfig;
import org.dinovmf.training.data.MultiCropConfig;
import org.dinovmf.training.method.Method;
import org.dinovmf.training.optimizer.AdamWConfig;
import org.dinovmf.training.schedule.ScheduleConfig;

/**
 * The demonstration's run: DINO-vMF for gray pictures of 28 by 28 pixels. Its values were chosen on
 * a tenth of the training images that was held back; the test images had no part in it.
 */
final class DemoConfig {

  static final int SIDE = 28;

  /** As many epochs as take less than five minutes on two cores. */
  static final int EPOCHS = 30;

  private static final int BATCH = 16;
  private static final int PATCH = 7;
  private static final int CHANNELS = 3;

  /** Mean and deviation of Fashion-MNIST's 60,000 training images, gray repeated. */
  private static final double MEAN = 0.286;

  private static final double STD = 0.353;

  private DemoConfig() {}

  static TrainConfig of(int epochs, long seed) {
    VitConfig encoder = VitConfig.Variant.VIT_NANO.config(SIDE, PATCH, CHANNELS);
    HeadConfig head = new HeadConfig(encoder.embedDim(), 256, 64, 512);
    MultiCropConfig crops =
        new MultiCropConfig(
            new MultiCropConfig.Crop(SIDE, 0.25, 1),
            // Up to the whole picture at half its size: the object is seen small, too.
            new MultiCropConfig.Crop(SIDE / 2, 0.1, 1),
            8,
            3.0 / 4,
            4.0 / 3,
            0.5,
            // Gray pictures have neither hue nor saturation.
            new MultiCropConfig.Jitter(0.8, 0.6, 0.4, 0, 0),
            0,
            new MultiCropConfig.Blur(0.3, 0.1, 0.2, 0.1, 1.0),
            new MultiCropConfig.Solarize(0, 128));
    ScheduleConfig schedule =
        new ScheduleConfig(
            epochs,
            3.2e-2,
            1e-5,
            Math.min(1, epochs),
            0.04,
            0.04,
            0.98,
            0.03,
            0.04,
            2,
            1,
            ScheduleConfig.Patches.ibot());
    return new TrainConfig(
        new ModelConfig(Method.dinoVmf(), encoder, head, 0),
        crops,
        new Normalization(List.of(MEAN, MEAN, MEAN), List.of(STD, STD, STD)),
        EvalTransform.whole(SIDE),
        new BatchConfig(BATCH, 1),
        AdamWConfig.dino(),
        schedule,
        seed);
  }
}
