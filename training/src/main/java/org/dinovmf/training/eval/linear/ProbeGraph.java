package org.dinovmf.training.eval.linear;

import java.util.ArrayList;
import java.util.List;
import org.dinovmf.graph.Initializer;
import org.dinovmf.graph.WeightStore;
import org.dinovmf.graph.WeightStore.Variable;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Linear heads side by side: one product gives the logits of all, {@code [batch, heads * classes]},
 * and one their gradients.
 *
 * <p>The heads differ in their learning rates alone. A step takes rate times velocity from a
 * weight; so the variables hold each weight over the base rate of its head, and one kernel with one
 * scalar, the factor of the epoch, moves them all.
 */
final class ProbeGraph {

  private final ProbeConfig config;
  private final int classes;
  private final Operand<TFloat32> rates; // [1, heads, 1]
  private final Placeholder<TFloat32> features;
  private final Placeholder<TInt32> labels;
  private final Placeholder<TFloat32> factor;
  private final Placeholder<TFloat32> start;
  private final Op initialize;
  private final Op step;
  private final Operand<TFloat32> loss;
  private final Operand<TInt32> ranks;
  private final Operand<TFloat32> weights;
  private final Operand<TFloat32> biases;

  /** Builds the graph for rows of {@code dim} values. */
  ProbeGraph(Ops tf, ProbeConfig config, int dim, int classes) {
    this.config = config;
    this.classes = classes;
    int heads = config.rates().size();
    float[] scaled = new float[heads];
    for (int h = 0; h < heads; h++) {
      scaled[h] = (float) (config.rates().get(h) * config.batchSize() / 256);
    }
    rates = tf.reshape(tf.constant(scaled), tf.array(1, heads, 1));
    features = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, dim)));
    labels = tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(-1)));
    factor = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
    start = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(dim, classes)));

    WeightStore<TFloat32> store = new WeightStore<>(tf, TFloat32.class, 0);
    Shape columns = Shape.of((long) heads * classes);
    Variable<TFloat32> weight =
        store.variable("probe", "weight", Shape.of(dim, columns.size()), Initializer.ZEROS);
    Variable<TFloat32> bias = store.variable("probe", "bias", columns, Initializer.ZEROS);
    Operand<TFloat32> logits = logits(tf, weight, bias); // [batch, heads, classes]
    Operand<TFloat32> truth = // [batch, 1, classes]
        tf.expandDims(
            tf.oneHot(labels, tf.constant(classes), tf.constant(1f), tf.constant(0f)),
            tf.constant(1));
    loss = // [heads]
        tf.math.neg(
            tf.math.mean(
                tf.reduceSum(tf.math.mul(tf.nn.logSoftmax(logits), truth), tf.constant(-1)),
                tf.constant(0)));
    ranks = ranks(tf, logits, truth);
    step = step(tf, store, List.of(weight, bias), tf.math.sub(tf.nn.softmax(logits), truth));
    Operand<TFloat32> starts = // [dim, heads, classes]
        tf.math.div(tf.expandDims(start, tf.constant(1)), rates);
    initialize =
        tf.withControlDependencies(store.initialize())
            .assignVariableOp(weight.handle(), tf.reshape(starts, tf.constant(weight.shape())));
    weights = unscaled(tf, weight, dim);
    biases = tf.reshape(unscaled(tf, bias, 1), tf.array(heads, classes));
  }

  private Operand<TFloat32> logits(Ops tf, Variable<TFloat32> weight, Variable<TFloat32> bias) {
    Operand<TFloat32> scaled =
        tf.math.add(tf.linalg.matMul(features, weight.value()), bias.value());
    return tf.math.mul(tf.reshape(scaled, tf.array(-1, config.rates().size(), classes)), rates);
  }

  /** {@code [batch, heads]}: classes before the true one; all where a head is not finite. */
  private Operand<TInt32> ranks(Ops tf, Operand<TFloat32> logits, Operand<TFloat32> truth) {
    Operand<TFloat32> own =
        tf.reduceSum(tf.math.mul(logits, truth), tf.constant(-1), ReduceSum.keepDims(true));
    Operand<TBool> isLower =
        tf.math.greaterEqual(
            tf.range(tf.constant(0), tf.constant(classes), tf.constant(1)), // [classes]
            tf.reshape(labels, tf.array(-1, 1, 1)));
    Operand<TBool> isBehind =
        tf.math.logicalOr(
            tf.math.less(logits, own), tf.math.logicalAnd(tf.math.equal(logits, own), isLower));
    Operand<TInt32> behind = tf.reduceSum(tf.dtypes.cast(isBehind, TInt32.class), tf.constant(-1));
    return tf.math.sub(tf.constant(classes), behind);
  }

  /** Momentum as PyTorch has it: velocity = momentum velocity + gradient, then weight - rate it. */
  private Op step(
      Ops tf,
      WeightStore<TFloat32> store,
      List<Variable<TFloat32>> variables,
      Operand<TFloat32> residual) {
    Operand<TFloat32> size = tf.dtypes.cast(tf.size(labels), TFloat32.class);
    Operand<TFloat32> flat = // [batch, heads * classes]
        tf.math.div(tf.reshape(residual, tf.array(-1, config.rates().size() * classes)), size);
    List<Operand<TFloat32>> gradients =
        List.of(
            tf.linalg.matMul(features, flat, MatMul.transposeA(true)),
            tf.reduceSum(flat, tf.constant(0)));
    Operand<TFloat32> momentum = tf.constant((float) config.momentum());
    List<Op> updates = new ArrayList<>();
    for (int i = 0; i < variables.size(); i++) {
      Variable<TFloat32> variable = variables.get(i);
      Variable<TFloat32> velocity =
          store.variable("velocity", variable.name(), variable.shape(), Initializer.ZEROS);
      updates.add(
          tf.train.resourceApplyMomentum(
              variable.handle(), velocity.handle(), factor, gradients.get(i), momentum));
    }
    return WeightStore.group(tf, updates);
  }

  /** {@code [rows, heads, classes]}: the values of a variable, which are kept over their rates. */
  private Operand<TFloat32> unscaled(Ops tf, Variable<TFloat32> variable, int rows) {
    Operand<TFloat32> value = tf.readVariableOp(variable.handle(), TFloat32.class);
    return tf.math.mul(tf.reshape(value, tf.array(rows, config.rates().size(), classes)), rates);
  }

  /** {@code [batch, dim]}. */
  Operand<TFloat32> features() {
    return features;
  }

  /** {@code [batch]}, in [0, classes). */
  Operand<TInt32> labels() {
    return labels;
  }

  /** Scalar: share of the learning rates in a step. */
  Operand<TFloat32> factor() {
    return factor;
  }

  /** {@code [dim, classes]}: where every head starts. */
  Operand<TFloat32> start() {
    return start;
  }

  Op initialize() {
    return initialize;
  }

  Op step() {
    return step;
  }

  /** {@code [heads]}: mean cross-entropy. */
  Operand<TFloat32> loss() {
    return loss;
  }

  /** {@code [batch, heads]}: how many classes come before the true one. */
  Operand<TInt32> ranks() {
    return ranks;
  }

  /** {@code [dim, heads, classes]}. */
  Operand<TFloat32> weights() {
    return weights;
  }

  /** {@code [heads, classes]}. */
  Operand<TFloat32> biases() {
    return biases;
  }
}
