package org.dinovmf.training.optimizer;

import java.util.List;
import org.dinovmf.graph.Initializer;
import org.dinovmf.graph.WeightStore;
import org.dinovmf.graph.WeightStore.Variable;
import org.dinovmf.ops.Nn;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/**
 * Adam with decoupled weight decay; Loshchilov and Hutter, "Decoupled Weight Decay Regularization",
 * ICLR 2019, algorithm 2, in PyTorch's order: decay, moments, step.
 *
 * <p>Bias corrections are made on the host, in double, from the number of updates that a weight has
 * had: a weight that was frozen starts its own count when it is first updated. TensorFlow's kernel
 * adds epsilon to the uncorrected root, so it is scaled here to mean what it means in the paper.
 */
public final class AdamW<T extends TFloating> {

  /** How many scalars of {@link #scalars} the graph is fed for each group of weights. */
  public static final int NUM_SCALARS = 3;

  /** Prefix of the first moments' names. */
  public static final String FIRST_MOMENT = "optimizer/m";

  /** Prefix of the second moments' names. */
  public static final String SECOND_MOMENT = "optimizer/v";

  private final AdamWConfig config;
  private final WeightStore<T> store;

  public AdamW(AdamWConfig config, WeightStore<T> store) {
    this.config = config;
    this.store = store;
  }

  /**
   * What a step feeds for one group of weights: share that decays, step length, epsilon.
   *
   * @param updates number of updates of the group with this one, from 1
   */
  public static double[] scalars(
      AdamWConfig config, double learningRate, double weightDecay, long updates) {
    double correction1 = 1 - Math.pow(config.beta1(), (double) updates);
    double rootCorrection2 = Math.sqrt(1 - Math.pow(config.beta2(), (double) updates));
    return new double[] {
      learningRate * weightDecay,
      learningRate * rootCorrection2 / correction1,
      config.epsilon() * rootCorrection2
    };
  }

  /**
   * Whether a weight decays: biases and everything of one dimension do not. A trained length of the
   * prototypes has two dimensions and does.
   */
  public static boolean decays(Variable<?> variable) {
    return variable.shape().numDimensions() > 1 && !variable.name().endsWith("/bias");
  }

  /**
   * Updates one weight.
   *
   * @param scalars three scalars, as {@link #scalars} gives them
   * @param gradient the shape of the weight
   */
  public Op update(Ops tf, Variable<T> variable, List<Operand<T>> scalars, Operand<T> gradient) {
    Variable<T> first =
        store.variable(FIRST_MOMENT, variable.name(), variable.shape(), Initializer.ZEROS);
    Variable<T> second =
        store.variable(SECOND_MOMENT, variable.name(), variable.shape(), Initializer.ZEROS);
    Ops step = tf;
    if (decays(variable)) {
      // A fresh read, so that the value that the forward pass used is released before.
      Operand<T> value = tf.readVariableOp(variable.handle(), variable.value().type());
      Op decay = tf.assignSubVariableOp(variable.handle(), tf.math.mul(value, scalars.get(0)));
      step = tf.withControlDependencies(decay);
    }
    Operand<T> zero = Nn.scalar(tf, 0, gradient);
    return step.train.resourceApplyAdam(
        variable.handle(),
        first.handle(),
        second.handle(),
        zero,
        zero,
        scalars.get(1),
        Nn.scalar(tf, config.beta1(), gradient),
        Nn.scalar(tf, config.beta2(), gradient),
        scalars.get(2),
        gradient);
  }

  /**
   * Limits the norm of each gradient by itself: {@code g * min(1, clip / (norm + 1e-6))}.
   *
   * @param norm scalar norm of the gradient
   */
  public Operand<T> clip(Ops tf, Operand<T> gradient, Operand<T> norm) {
    if (config.clipNorm() == 0) {
      return gradient;
    }
    Operand<T> coefficient =
        tf.math.div(
            Nn.scalar(tf, config.clipNorm(), norm),
            tf.math.add(norm, Nn.scalar(tf, CLIP_EPSILON, norm)));
    return tf.math.mul(gradient, tf.math.minimum(coefficient, Nn.scalar(tf, 1, norm)));
  }

  /** The published code's guard against a norm of 0. */
  private static final double CLIP_EPSILON = 1e-6;
}
