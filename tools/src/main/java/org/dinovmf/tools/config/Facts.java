package org.dinovmf.tools.config;

import org.dinovmf.training.data.Census;
import org.dinovmf.training.data.ImageIndex;

/**
 * What the automatic choices depend on.
 *
 * @param images how many there are
 * @param medianSide pixels of the shorter side, at the median
 * @param device that trains
 * @param cores of the CPU
 * @param memoryBytes of the device
 */
public record Facts(int images, int medianSide, Device device, int cores, long memoryBytes) {

  /** Kinds of devices. */
  public enum Device {
    CPU,
    GPU
  }

  public Facts {
    if (images < 1 || medianSide < 1 || cores < 1 || memoryBytes < 1) {
      throw new IllegalArgumentException(
          "images, medianSide, cores and memoryBytes must be at least 1: images=%d, medianSide=%d, cores=%d, memoryBytes=%d"
              .formatted(images, medianSide, cores, memoryBytes));
    }
  }

  /** The facts of a set of images on a device. */
  public static Facts of(ImageIndex images, Device device, int cores, long memoryBytes) {
    Census.Sizes sizes = images.census().sizes();
    return new Facts(
        images.size(),
        Math.min(sizes.medianWidth(), sizes.medianHeight()),
        device,
        cores,
        memoryBytes);
  }
}
