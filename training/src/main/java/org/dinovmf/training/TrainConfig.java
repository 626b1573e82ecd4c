package org.dinovmf.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dinovmf.graph.preprocessing.EvalTransform;
import org.dinovmf.graph.preprocessing.Normalization;
import org.dinovmf.training.data.MaskPlan;
import org.dinovmf.training.data.MultiCropConfig;
import org.dinovmf.training.optimizer.AdamWConfig;
import org.dinovmf.training.schedule.ScheduleConfig;

/**
 * Everything that the result of a run depends on, besides the images and the device. A run can only
 * be resumed with an equal one; what may change is in {@link RunOptions}.
 *
 * @param evaluation how images are shown to the encoder outside of training
 * @param seed of the weights, the order of the images and every random choice
 */
public record TrainConfig(
    ModelConfig model,
    MultiCropConfig crops,
    Normalization normalization,
    EvalTransform evaluation,
    BatchConfig batch,
    AdamWConfig optimizer,
    ScheduleConfig schedule,
    long seed) {

  public TrainConfig {
    List<String> faults = new ArrayList<>();
    int patch = model.encoder().patchSize();
    int channels = model.encoder().inChannels();
    if (normalization.channels() != channels) {
      faults.add(
          "mean and std must have a value for each of the %d channels of the encoder, but have %d"
              .formatted(channels, normalization.channels()));
    }
    checkMultiple(faults, "global crop", crops.global().pixels(), patch);
    if (crops.localCrops() > 0) {
      checkMultiple(faults, "local crop", crops.local().pixels(), patch);
    }
    checkMultiple(faults, "evaluation crop", evaluation.crop(), patch);
    if (model.method().weights().koLeo() > 0 && batch.batchSize() < 2) {
      faults.add("KoLeo needs a batch size of at least 2, but it is " + batch.batchSize());
    }
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", faults));
    }
  }

  /** Which patches are masked and when, where the method masks any. */
  public Optional<MaskPlan> masks() {
    if (!model.method().masksPatches()) {
      return Optional.empty();
    }
    int grid = crops.global().pixels() / model.encoder().patchSize();
    return Optional.of(
        new MaskPlan(model.method().patches().masks(), grid, schedule.patches().startEpoch()));
  }

  private static void checkMultiple(List<String> faults, String name, int pixels, int patch) {
    if (pixels % patch != 0) {
      int below = pixels / patch * patch;
      String advice = below == 0 ? "" + patch : below + " or " + (below + patch);
      faults.add(
          "%s of %d pixels is not a multiple of the patch size %d; use %s"
              .formatted(name, pixels, patch, advice));
    }
  }
}
