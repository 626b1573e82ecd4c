package org.dinovmf.graph;

import org.tensorflow.Operand;
import org.tensorflow.framework.initializers.RandomNormal;
import org.tensorflow.framework.initializers.RandomUniform;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/** How a weight starts. */
public sealed interface Initializer {

  Initializer ZEROS = new Constant(0);
  Initializer ONES = new Constant(1);

  /** 1e-5, at which LayerScale starts in DINOv2. */
  Initializer SMALL = new Constant(1e-5);

  Initializer EVEN = new Even();

  /** Deviation 0.02. The published code calls it truncated, but its bounds are 100 deviations. */
  Initializer NORMAL = new Normal(0.02);

  /**
   * Uniform within {@code 1 / sqrt(fanIn)} of 0: PyTorch's default for linear layers and
   * convolutions, weight and bias alike. The published code leaves it to the patch projection and
   * to the prototypes' directions.
   *
   * @param fanIn inputs of one output
   */
  static Initializer uniform(long fanIn) {
    return new Uniform(1 / Math.sqrt((double) fanIn));
  }

  /** The first value of a weight of this shape. */
  <T extends TFloating> Operand<T> value(Ops tf, Shape shape, Class<T> type, long seed);

  /** The same number everywhere. */
  record Constant(double number) implements Initializer {

    /** Not {@code tf.zeros}, which opens a scope: that reads the name of every op of the graph. */
    @Override
    public <T extends TFloating> Operand<T> value(Ops tf, Shape shape, Class<T> type, long seed) {
      return tf.fill(tf.constant(shape), tf.dtypes.cast(tf.constant(number), type));
    }
  }

  /** A distribution over the last axis: each entry is one over its length. */
  record Even() implements Initializer {

    @Override
    public <T extends TFloating> Operand<T> value(Ops tf, Shape shape, Class<T> type, long seed) {
      double share = 1.0 / shape.get(shape.numDimensions() - 1);
      return new Constant(share).value(tf, shape, type, seed);
    }
  }

  /** Normal around 0. */
  record Normal(double deviation) implements Initializer {

    @Override
    public <T extends TFloating> Operand<T> value(Ops tf, Shape shape, Class<T> type, long seed) {
      return new RandomNormal<T>(0, deviation, seed).call(tf, tf.constant(shape), type);
    }
  }

  /** Uniform from {@code -bound} to {@code bound}. */
  record Uniform(double bound) implements Initializer {

    @Override
    public <T extends TFloating> Operand<T> value(Ops tf, Shape shape, Class<T> type, long seed) {
      return new RandomUniform<T>(-bound, bound, seed).call(tf, tf.constant(shape), type);
    }
  }
}
