package org.dinovmf.tools.machine;

import org.dinovmf.tools.config.DeviceChoice;
import org.dinovmf.tools.config.Facts;
import org.dinovmf.training.Devices;
import org.dinovmf.training.data.ImageIndex;

/**
 * What trains.
 *
 * @param usesGpu whether a GPU does, and not the CPU
 * @param cores of the CPU
 * @param memoryBytes of the machine, since TensorFlow's memory is not on the Java heap
 */
public record Hardware(boolean usesGpu, int cores, long memoryBytes) {

  /**
   * This machine.
   *
   * @param threads of the process, see {@link Devices#session}
   * @throws DeviceException if a GPU is asked for and there is none
   */
  public static Hardware of(DeviceChoice choice, int threads) {
    boolean hasGpu = choice != DeviceChoice.CPU && Devices.hasGpu(threads);
    if (choice == DeviceChoice.GPU && !hasGpu) {
      throw new DeviceException(
          "TensorFlow finds no GPU: it needs the CUDA build (DINO_VMF_GPU=1), CUDA 12 and cuDNN 9; TF_CPP_MIN_LOG_LEVEL=0 shows what it misses, --device cpu goes without");
    }
    return new Hardware(hasGpu, Runtime.getRuntime().availableProcessors(), memory());
  }

  /** What the automatic settings depend on. */
  public Facts facts(ImageIndex images) {
    Facts.Device kind = usesGpu ? Facts.Device.GPU : Facts.Device.CPU;
    return Facts.of(images, kind, cores, memoryBytes);
  }

  /** Of the device, for people. */
  public String name() {
    return usesGpu ? "GPU" : "CPU";
  }

  private static long memory() {
    var bean = java.lang.management.ManagementFactory.getOperatingSystemMXBean();
    return bean instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getTotalMemorySize()
        : Runtime.getRuntime().maxMemory();
  }
}
