package org.dinovmf.training.data;

import java.util.Optional;
import java.util.SplittableRandom;
import org.dinovmf.graph.preprocessing.Channels;

/**
 * The crops of one batch, before mean and deviation.
 *
 * @param size number of images
 * @param globalPixels side of a global crop
 * @param localPixels side of a local crop
 * @param localCrops number of local crops of an image
 * @param channels of every crop
 * @param global {@code [2 * size, globalPixels, globalPixels, channels]} unsigned bytes,
 *     crop-major: the first crop of every image, then the second
 * @param local {@code [localCrops * size, localPixels, localPixels, channels]} unsigned bytes,
 *     crop-major; empty without local crops
 * @param mask {@code [2 * size, patches]}, crop-major as {@code global}: 1 where a patch is masked
 *     for the student, else 0; empty where the method masks none
 * @param images the position in the index of the image behind each row; where a bad image was
 *     replaced, that of the replacement
 * @param position where in the run this batch stands
 */
@SuppressWarnings("ArrayRecordComponent") // handed on to tensors once; copies would double the cost
public record Batch(
    int size,
    int globalPixels,
    int localPixels,
    int localCrops,
    Channels channels,
    byte[] global,
    byte[] local,
    byte[] mask,
    int[] images,
    BatchPosition position) {

  /**
   * A batch of noise, such as a benchmark of the step takes: its time does not depend on what is on
   * the images.
   *
   * @param masks which patches are masked, as in an epoch that masks some
   */
  public static Batch noise(
      int size, MultiCropConfig crops, Channels channels, Optional<MaskPlan> masks, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int views = MultiCropConfig.GLOBAL_CROPS;
    byte[] global = new byte[views * size * bytes(crops.global(), channels)];
    byte[] local = new byte[crops.localCrops() * size * bytes(crops.local(), channels)];
    random.nextBytes(global);
    random.nextBytes(local);
    byte[] mask = new byte[masks.map(plan -> views * size * plan.patches()).orElse(0)];
    masks.ifPresent(
        plan -> {
          for (int i = 0; i < views * size; i++) {
            int offset = i * plan.patches();
            plan.draw(seed, plan.startEpoch(), "noise " + i % size, i / size, mask, offset);
          }
        });
    return new Batch(
        size,
        crops.global().pixels(),
        crops.local().pixels(),
        crops.localCrops(),
        channels,
        global,
        local,
        mask,
        new int[size],
        BatchPosition.start());
  }

  private static int bytes(MultiCropConfig.Crop crop, Channels channels) {
    return crop.pixels() * crop.pixels() * channels.count();
  }

  /** Where the crop of a view and a row begins in {@link #global} or {@link #local}. */
  public int offset(int view, int row) {
    boolean isGlobal = view < MultiCropConfig.GLOBAL_CROPS;
    int crop = isGlobal ? view : view - MultiCropConfig.GLOBAL_CROPS;
    int pixels = isGlobal ? globalPixels : localPixels;
    return (crop * size + row) * pixels * pixels * channels.count();
  }
}
