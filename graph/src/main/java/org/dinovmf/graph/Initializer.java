package org.dinovmf.graph;

import org.tensorflow.Operand;
import org.tensorflow.framework.initializers.RandomNormal;
import org.tensorflow.framework.initializers.RandomUniform;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/** How a weight starts. */
public enum Initializer {
  ZEROS,
  ONES,
  /** 1e-5, at which LayerScale starts in DINOv2. */
  SMALL {
    @Override
    <T extends TFloating> Operand<T> value(Ops tf, Shape shape, Class<T> type, long seed) {
      return filled(tf, shape, type, 1e-5);
    }
  },
  /** A distribution over the last axis: each entry is one over its length. */
  EVEN {
    @Override
    <T extends TFloating> Operand<T> value(Ops tf, Shape shape, Class<T> type, long seed) {
      double share = 1.0 / shape.get(shape.numDimensions() - 1);
      return filled(tf, shape, type, share);
    }
  },
  /**
   * Normal with deviation 0.02. The published code calls it truncated, but its bounds are at 100
   * deviations.
   */
  NORMAL {
    @Override
    <T extends TFloating> Operand<T> value(Ops tf, Shape shape, Class<T> type, long seed) {
      return new RandomNormal<T>(0, 0.02, seed).call(tf, tf.constant(shape), type);
    }
  },
  /**
   * Uniform within {@code 1 / sqrt(fan-in)} of 0, where the fan-in is the last axis: PyTorch's
   * default for a linear layer, which the prototypes' directions keep.
   */
  UNIFORM_FAN_IN {
    @Override
    <T extends TFloating> Operand<T> value(Ops tf, Shape shape, Class<T> type, long seed) {
      double bound = 1 / Math.sqrt((double) shape.get(shape.numDimensions() - 1));
      return new RandomUniform<T>(-bound, bound, seed).call(tf, tf.constant(shape), type);
    }
  };

  <T extends TFloating> Operand<T> value(Ops tf, Shape shape, Class<T> type, long seed) {
    return filled(tf, shape, type, this == ONES ? 1 : 0);
  }

  /** Not {@code tf.zeros}, which opens a scope: that reads the name of every op of the graph. */
  private static <T extends TFloating> Operand<T> filled(
      Ops tf, Shape shape, Class<T> type, double value) {
    return tf.fill(tf.constant(shape), tf.dtypes.cast(tf.constant(value), type));
  }
}
