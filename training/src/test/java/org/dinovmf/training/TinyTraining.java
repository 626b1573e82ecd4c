package org.dinovmf.training;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.dinovmf.graph.HeadConfig;
import org.dinovmf.graph.VitConfig;
import org.dinovmf.graph.preprocessing.EvalTransform;
import org.dinovmf.graph.preprocessing.Normalization;
import org.dinovmf.ops.Precision;
import org.dinovmf.training.checkpoint.Checkpoint;
import org.dinovmf.training.data.BadImagePolicy;
import org.dinovmf.training.data.Batch;
import org.dinovmf.training.data.DecodeRules;
import org.dinovmf.training.data.ImageIndex;
import org.dinovmf.training.data.ImageIndexer;
import org.dinovmf.training.data.MaskConfig;
import org.dinovmf.training.data.MaskShape;
import org.dinovmf.training.data.MultiCropConfig;
import org.dinovmf.training.data.ScanLimits;
import org.dinovmf.training.method.LastLayers;
import org.dinovmf.training.method.Method;
import org.dinovmf.training.method.PatchConfig;
import org.dinovmf.training.optimizer.AdamWConfig;
import org.dinovmf.training.schedule.ScheduleConfig;
import org.tensorflow.proto.ConfigProto;

/**
 * A whole run in a second: 12 steps of 2 micro-batches of 4 images, 3 an epoch; the prototypes are
 * frozen and no patch is masked in the first epoch, and one image of 26 cannot be decoded. It has
 * everything that a checkpoint may hold.
 */
final class TinyTraining {

  static final long STEPS = 12;
  static final long STEPS_PER_EPOCH = 3;

  private static final ScheduleConfig.Patches PATCHES = new ScheduleConfig.Patches(1, 0.04, 0.06);
  private static final int IMAGES = 26;
  private static final int SIDE = 20;

  private TinyTraining() {}

  static TrainConfig config() {
    return config(
        Method.ibotVmf()
            .withPatches(
                new PatchConfig(
                    LastLayers.SEPARATE,
                    new MaskConfig(MaskShape.BLOCK, List.of(0.0, 0.4), List.of(0.0, 0.2)))));
  }

  static TrainConfig config(Method method) {
    VitConfig encoder = VitConfig.plain(16, 4, 8, 2, 2, 2, 3);
    MultiCropConfig crops =
        MultiCropConfig.dino()
            .withCrops(
                new MultiCropConfig.Crop(16, 0.4, 1), new MultiCropConfig.Crop(8, 0.1, 0.4), 2);
    return new TrainConfig(
        new ModelConfig(method, encoder, new HeadConfig(8, 12, 6, 10), 0.3, Precision.FLOAT32),
        crops,
        Normalization.imageNet(),
        EvalTransform.whole(16),
        new BatchConfig(4, 2, false),
        AdamWConfig.dino(),
        new ScheduleConfig(4, 0.02, 1e-4, 1, 0.04, 0.4, 0.9, 0.04, 0.07, 2, 1, PATCHES),
        5);
  }

  /** A checkpoint every epoch and a report every step. */
  static RunOptions options(int threads) {
    return new RunOptions(
        threads, 1, 3, 1, Optional.empty(), BadImagePolicy.standard(), DecodeRules.standard());
  }

  /** Writes the images. */
  static void writeImages(Path folder) throws IOException {
    Files.createDirectories(folder);
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < IMAGES; i++) {
      BufferedImage image = new BufferedImage(SIDE, SIDE + i % 3, BufferedImage.TYPE_INT_RGB);
      for (int y = 0; y < image.getHeight(); y++) {
        for (int x = 0; x < image.getWidth(); x++) {
          image.setRGB(x, y, random.nextInt(1 << 24));
        }
      }
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      ImageIO.write(image, "png", out);
      byte[] bytes = out.toByteArray();
      boolean isBad = i == 11;
      Files.write(
          folder.resolve("%02d.png".formatted(i)), isBad ? Arrays.copyOf(bytes, 200) : bytes);
    }
  }

  static ImageIndex index(Path folder) throws IOException {
    return ImageIndexer.scan(List.of(folder), ScanLimits.standard(), 1);
  }

  /** Goes on with the run, if it has begun, with decoding threads and a session of the caller's. */
  static Trainer open(Path images, Path run, int threads, ConfigProto device) throws IOException {
    return Trainer.open(
        config(),
        options(threads),
        index(images),
        run,
        true,
        device,
        warning -> {
          throw new AssertionError(warning);
        });
  }

  /** What every step measured. */
  static class Log implements TrainListener {

    final Map<Long, StepResult> results = new TreeMap<>();

    @Override
    public void started(long firstStep, long totalSteps, long stepsPerEpoch) {}

    @Override
    public void firstBatch(Batch batch) {}

    @Override
    public void stepped(long step, long totalSteps, double seconds, double waitSeconds) {}

    @Override
    public void reported(Report report) {
      results.put(report.step(), report.mean());
    }

    @Override
    public void epochEnded(long epoch, long step) {}

    @Override
    public void saved(Checkpoint checkpoint) {}
  }
}
