package org.dinovmf.training;

import org.tensorflow.DeviceSpec;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GPUOptions;

/**
 * Settings of sessions, and what they can run on.
 *
 * <p>TensorFlow's thread pools belong to the process, and its first session makes them: what later
 * ones ask for is ignored. So everything that opens a session is told the same number of threads.
 */
public final class Devices {

  private Devices() {}

  /**
   * A session of bounded threads, whose GPU memory grows as it is needed.
   *
   * @param threads of one op, and of ops side by side
   * @param useGpu whether GPUs are used, where there are any
   */
  public static ConfigProto session(int threads, boolean useGpu) {
    ConfigProto.Builder config =
        ConfigProto.newBuilder()
            .setIntraOpParallelismThreads(threads)
            .setInterOpParallelismThreads(threads)
            .setGpuOptions(GPUOptions.newBuilder().setAllowGrowth(true));
    if (!useGpu) {
      config.putDeviceCount("GPU", 0);
    }
    return config.build();
  }

  /**
   * Whether TensorFlow can run something on a GPU; it is tried.
   *
   * @param threads of the process, see {@link #session}
   */
  public static boolean hasGpu(int threads) {
    ConfigProto config = session(threads, true).toBuilder().setAllowSoftPlacement(false).build();
    try (Graph graph = new Graph()) {
      Ops tf =
          Ops.create(graph)
              .withDevice(
                  DeviceSpec.newBuilder()
                      .deviceType(DeviceSpec.DeviceType.GPU)
                      .deviceIndex(0)
                      .build());
      var sum = tf.math.add(tf.constant(1f), tf.constant(2f));
      try (Session session = new Session(graph, config);
          Result result = session.runner().fetch(sum).run()) {
        return result.size() == 1;
      }
    } catch (TensorFlowException | IllegalArgumentException e) {
      return false;
    }
  }
}
