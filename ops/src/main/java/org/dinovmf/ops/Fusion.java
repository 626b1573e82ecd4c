package org.dinovmf.ops;

/** Who makes one pass over memory of several ops. */
public enum Fusion {
  /**
   * The kernels themselves: products of matrices take their bias along, and XLA compiles GELU. For
   * float32 on a CPU.
   */
  EXPLICIT,
  /** TensorFlow's graph optimizer, where it can; on any device. */
  BY_TENSORFLOW
}
