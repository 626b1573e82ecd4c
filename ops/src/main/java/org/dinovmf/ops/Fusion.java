package org.dinovmf.ops;

/** Who makes one op of a product of matrices and what is done to each of its elements. */
public enum Fusion {
  /**
   * The kernels. Only a CPU has the ops, and they are of no use to what is differentiated by
   * TensorFlow or read by other programs.
   */
  EXPLICIT,
  /** TensorFlow's graph optimizer, where it can; on any device. */
  BY_TENSORFLOW
}
