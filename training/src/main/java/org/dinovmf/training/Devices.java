package org.dinovmf.training;

import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GPUOptions;

/** Settings of sessions. */
public final class Devices {

  private Devices() {}

  /**
   * A session of bounded threads, whose GPU memory grows as it is needed.
   *
   * @param threads of one op, and of ops side by side
   */
  public static ConfigProto session(int threads) {
    return ConfigProto.newBuilder()
        .setIntraOpParallelismThreads(threads)
        .setInterOpParallelismThreads(threads)
        .setGpuOptions(GPUOptions.newBuilder().setAllowGrowth(true))
        .build();
  }
}
