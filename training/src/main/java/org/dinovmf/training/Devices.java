package org.dinovmf.training;

import java.util.function.Function;
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
  static Fusion fusion(ConfigProto session, Precision precision) {
    if (session.getDeviceCountOrDefault("GPU", 1) > 0) {
      return Fusion.BY_TENSORFLOW;
    }
    Kernels kernels = Kernels.training(precision, Fusion.EXPLICIT);
    boolean works =
        runs(
            forSteps(session, Fusion.EXPLICIT),
            tf -> {
              Operand<TFloat32> side = tf.constant(new float[][] {{1, 2}, {3, 4}});
              Affine<TFloat32> layer = new Affine<>(side, tf.constant(new float[] {5, 6}));
              return kernels.mlp(tf, side, layer, layer);
            });
    return works ? Fusion.EXPLICIT : Fusion.BY_TENSORFLOW;
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
    DeviceSpec gpu =
        DeviceSpec.newBuilder().deviceType(DeviceSpec.DeviceType.GPU).deviceIndex(0).build();
    return runs(
        config,
        tf -> {
          Ops there = tf.withDevice(gpu);
          return there.math.add(there.constant(1f), there.constant(2f));
        });
  }

  /** Whether a value can be computed. */
  private static boolean runs(ConfigProto config, Function<Ops, Operand<?>> value) {
    try (Graph graph = new Graph()) {
      Operand<?> built = value.apply(Ops.create(graph));
      try (Session session = new Session(graph, config);
          Result result = session.runner().fetch(built).run()) {
        return result.size() == 1;
      }
    } catch (TensorFlowException | IllegalArgumentException e) {
      return false;
    }
  }
}
