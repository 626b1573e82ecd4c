package org.dinovmf.savedmodel;

import org.tensorflow.proto.ConfigProto;

/** Sizes of TensorFlow's pools. */
final class Threads {

  private Threads() {}

  /** Bounds both pools of a session; 0 for a thread for each core. */
  static ConfigProto config(int threads) {
    if (threads < 0) {
      throw new IllegalArgumentException("threads must be at least 0, but are " + threads);
    }
    return ConfigProto.newBuilder()
        .setIntraOpParallelismThreads(threads)
        .setInterOpParallelismThreads(threads)
        .build();
  }
}
