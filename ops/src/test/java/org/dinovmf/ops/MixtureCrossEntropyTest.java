package org.dinovmf.ops;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.types.TFloat64;

/** Three rows, of which the last is compared with the sum of both targets. */
class MixtureCrossEntropyTest {

  private static final int COMPONENTS = 7;
  private static final int DIM = 3;
  private static final int ROWS = 3;

  private static final GradientCheck.Input Y =
      new GradientCheck.Input(Shape.of(ROWS, DIM), i -> 2 * Math.sin(1.3 * i + 0.2));
  private static final GradientCheck.Input Y_OF_UNKNOWN_ROWS =
      new GradientCheck.Input(Shape.of(ROWS, DIM), Shape.of(-1, DIM), Y.values());
  private static final GradientCheck.Input W =
      new GradientCheck.Input(Shape.of(COMPONENTS, DIM), i -> 3 * Math.cos(0.7 * i));
  private static final GradientCheck.Input B =
      new GradientCheck.Input(Shape.of(COMPONENTS), i -> Math.sin(2.1 * i) - 1);

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7, 100})
  void isTheCrossEntropyOfTheDefinition(int blockSize) {
    for (Kernels kernels : List.of(Kernels.plain(), Kernels.training())) {
      try (GradientCheck check = check(kernels, blockSize, Y)) {
        GradientCheck.assertClose(expected(), check.output(), 1e-14, kernels.toString());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7, 100})
  void gradientsMatchCentralDifferences(int blockSize) {
    for (GradientCheck.Input y : List.of(Y, Y_OF_UNKNOWN_ROWS)) {
      try (GradientCheck declared = check(Kernels.training(), blockSize, y)) {
        declared.assertMatchesCentralDifference(1e-9);
        try (GradientCheck plain = check(Kernels.plain(), blockSize, y)) {
          declared.assertMatches(plain, 1e-13);
        }
      }
    }
  }

  /** Their gradients too: or else all would be held at once. */
  @Test
  void blocksComeOneAfterTheOther() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat64> y = constant(tf, Y);
      Operand<TFloat64> w = constant(tf, W);
      Operand<TFloat64> b = constant(tf, B);
      Operand<TFloat64> rows = Kernels.training().crossEntropyOfScores(tf, y, w, b, targets(tf), 2);
      Output<?>[] x = {y.asOutput(), w.asOutput(), b.asOutput()};
      Output<?>[] gradients = graph.addGradients(tf.reduceSum(rows, tf.constant(0)).asOutput(), x);
      var def = graph.toGraphDef();
      GraphOrder.assertChain(def, 4, List.of(rows.op().name()));
      GraphOrder.assertChain(def, 8, List.of(gradients[0].op().name(), gradients[1].op().name()));
    }
  }

  private static GradientCheck check(Kernels kernels, int blockSize, GradientCheck.Input y) {
    return new GradientCheck(
        (tf, in) ->
            kernels.crossEntropyOfScores(
                tf, in.get(0), in.get(1), in.get(2), targets(tf), blockSize),
        List.of(y, W, B));
  }

  private static TargetRows<TFloat64> targets(Ops tf) {
    return new TargetRows<>(
        tf.constant(new double[][] {target(0), target(1)}),
        (scope, given) ->
            scope.concat(
                List.of(given, scope.reduceSum(given, scope.constant(0), ReduceSum.keepDims(true))),
                scope.constant(0)),
        tf.constant(new double[] {1, 1, 2}));
  }

  /** Uneven, with one component that nothing is expected of. */
  private static double[] target(int row) {
    double[] shares = new double[COMPONENTS];
    double sum = 0;
    for (int k = 0; k < COMPONENTS; k++) {
      shares[k] = k == 2 ? 0 : Math.exp(Math.sin(3.1 * k + row));
      sum += shares[k];
    }
    for (int k = 0; k < COMPONENTS; k++) {
      shares[k] /= sum;
    }
    return shares;
  }

  private static double[] expected() {
    double[] entropies = new double[ROWS];
    for (int row = 0; row < ROWS; row++) {
      double[] logits = new double[COMPONENTS];
      double sum = 0;
      for (int k = 0; k < COMPONENTS; k++) {
        logits[k] = B.values().applyAsDouble(k);
        for (int d = 0; d < DIM; d++) {
          logits[k] +=
              Y.values().applyAsDouble(row * DIM + d) * W.values().applyAsDouble(k * DIM + d);
        }
        sum += Math.exp(logits[k]);
      }
      for (int k = 0; k < COMPONENTS; k++) {
        double q = row < 2 ? target(row)[k] : target(0)[k] + target(1)[k];
        entropies[row] -= q * (logits[k] - Math.log(sum));
      }
    }
    return entropies;
  }

  private static Operand<TFloat64> constant(Ops tf, GradientCheck.Input input) {
    double[] values = new double[(int) input.shape().size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = input.values().applyAsDouble(i);
    }
    return tf.reshape(tf.constant(values), tf.constant(input.shape()));
  }
}
