package org.dinovmf.training;

import org.dinovmf.ops.Fusion;
import org.tensorflow.DeviceSpec;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GPUOptions;
import org.tensorflow.proto.GraphOptions;

/**
 * Settings of sessions, and what they can run on.
 *
 * <p>TensorFlow's thread pools belong to the process, and its first session makes them: what later
 * ones ask for is ignored. So everything that opens a session is told the same number of threads.
 */
public final class Devices {

  /** More than shapes and numbers need, less than a matrix of weights. */
  private static final int MAX_FOLDED_BYTES = 1 << 12;

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

  /** Who fuses the ops of a graph that a session with these settings runs. */
  static Fusion fusion(ConfigProto session) {
    return session.getDeviceCountOrDefault("GPU", 1) == 0 ? Fusion.EXPLICIT : Fusion.BY_TENSORFLOW;
  }

  /**
   * These settings for a session that runs whole training steps.
   *
   * <p>Where the graph has its fused ops already, TensorFlow's graph optimizer would find little
   * more, and take seconds and memory to do so; it leaves a graph alone of which only what is run
   * is placed. Weights must not become constants of the ops that start them.
   */
  static ConfigProto forSteps(ConfigProto session) {
    GraphOptions.Builder options =
        session.getGraphOptions().toBuilder()
            .setPlacePrunedGraph(fusion(session) == Fusion.EXPLICIT);
    options.getOptimizerOptionsBuilder().setMaxFoldedConstantInBytes(MAX_FOLDED_BYTES);
    return session.toBuilder().setGraphOptions(options).build();
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
