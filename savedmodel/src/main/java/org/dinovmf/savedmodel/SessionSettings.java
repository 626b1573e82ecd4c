package org.dinovmf.savedmodel;

import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GPUOptions;

/** Settings of the sessions that run an encoder. */
final class SessionSettings {

  private SessionSettings() {}

  /**
   * Bounds both pools of a session, and lets the memory of a GPU grow as it is needed: the encoder
   * shares the device with others.
   *
   * @param threads 0 for a thread for each core
   */
  static ConfigProto config(int threads) {
    if (threads < 0) {
      throw new IllegalArgumentException("threads must be at least 0, but are " + threads);
    }
    return ConfigProto.newBuilder()
        .setIntraOpParallelismThreads(threads)
        .setInterOpParallelismThreads(threads)
        .setGpuOptions(GPUOptions.newBuilder().setAllowGrowth(true))
        .build();
  }
}
