package org.dinovmf.training;

import org.dinovmf.ops.Affine;
import org.dinovmf.ops.Fusion;
import org.dinovmf.ops.Kernels;
import org.dinovmf.ops.Precision;
import org.tensorflow.DeviceSpec;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GPUOptions;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.types.TFloat32;

/**
 * Settings of sessions, and what they can run on.
 *
 * <p>TensorFlow's thread pools belong to the process, and its first session makes them: what later
 * ones ask for is ignored. So everything that opens a session is told the same number of threads.
 */
public final class Devices {

  /** More than shapes and numbers need, less than a matrix of weights. */
  private static final int MAX_FOLDED_BYTES = 1 << 16;

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
   * Who fuses the ops of a graph that trains in a session with these settings. It is tried whether
   * this build of TensorFlow can run what the kernels fuse.
   */
  public static Fusion fusion(ConfigProto session, Precision precision) {
    if (session.getDeviceCountOrDefault("GPU", 1) > 0) {
      return Fusion.BY_TENSORFLOW;
    }
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> side = tf.constant(new float[][] {{1, 2}, {3, 4}});
      Affine<TFloat32> layer = new Affine<>(side, tf.constant(new float[] {5, 6}));
      Operand<TFloat32> y =
          Kernels.training(precision, Fusion.EXPLICIT).mlp(tf, side, layer, layer);
      return runs(graph, forSteps(session, Fusion.EXPLICIT), y)
          ? Fusion.EXPLICIT
          : Fusion.BY_TENSORFLOW;
    }
  }

  /**
   * These settings for a session that runs training steps.
   *
   * <p>Where the graph has its fused ops already, TensorFlow's graph optimizer would find little
   * more, and take seconds and memory to do so; it leaves a graph alone of which only what is run
   * is placed. Weights must not become constants of the ops that start them.
   */
  static ConfigProto forSteps(ConfigProto session, Fusion fusion) {
    GraphOptions.Builder options =
        session.getGraphOptions().toBuilder().setPlacePrunedGraph(fusion == Fusion.EXPLICIT);
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
      return runs(graph, config, tf.math.add(tf.constant(1f), tf.constant(2f)));
    }
  }

  private static boolean runs(Graph graph, ConfigProto config, Operand<?> value) {
    try (Session session = new Session(graph, config);
        Result result = session.runner().fetch(value).run()) {
      return result.size() == 1;
    } catch (TensorFlowException | IllegalArgumentException e) {
      return false;
    }
  }
}
