package org.dinovmf.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat64;

/**
 * A function of float64 operands in a graph of its own, with the gradients of a fixed mix of its
 * outputs, to be compared with finite differences or with another function's gradients.
 */
public final class GradientCheck implements AutoCloseable {

  /** Balances the truncation of the five-point difference, step^4, and rounding, 1e-16 / step. */
  private static final double STEP = 1e-3;

  /** Builds the function under test. */
  @FunctionalInterface
  public interface Subject {
    Operand<TFloat64> apply(Ops tf, List<Operand<TFloat64>> inputs);
  }

  /**
   * One input: its values at {@code shape}, and the shape that the graph knows of it, which may
   * have unknown sizes.
   */
  public record Input(Shape shape, Shape staticShape, IntToDoubleFunction values) {

    public Input(Shape shape, IntToDoubleFunction values) {
      this(shape, shape, values);
    }

    private double[] at(double step) {
      return IntStream.range(0, (int) shape.size())
          .mapToDouble(i -> values.applyAsDouble(i) + step * direction(i))
          .toArray();
    }
  }

  private final Graph graph = new Graph();
  private final Session session = new Session(graph);
  private final List<Input> inputs;
  private final List<Operand<TFloat64>> placeholders = new ArrayList<>();
  private final Operand<TFloat64> output;
  private final Operand<TFloat64> loss; // scalar, a fixed mix of every output
  private final List<Operand<TFloat64>> gradients = new ArrayList<>();

  public GradientCheck(Subject subject, List<Input> inputs) {
    this.inputs = List.copyOf(inputs);
    Ops tf = Ops.create(graph);
    for (Input input : inputs) {
      placeholders.add(tf.placeholder(TFloat64.class, Placeholder.shape(input.staticShape())));
    }
    output = subject.apply(tf, placeholders);
    // cos(0), cos(2), cos(4), ... whatever the size turns out to be
    Operand<TFloat64> flat = tf.reshape(output, tf.array(-1));
    Operand<TFloat64> index =
        tf.range(tf.constant(0.0), tf.dtypes.cast(tf.size(flat), TFloat64.class), tf.constant(1.0));
    Operand<TFloat64> mix = tf.stopGradient(tf.math.cos(tf.math.mul(index, tf.constant(2.0))));
    loss = tf.reduceSum(tf.math.mul(flat, mix), tf.constant(0));
    Output<?>[] x = placeholders.stream().map(Operand::asOutput).toArray(Output<?>[]::new);
    for (Output<?> gradient : graph.addGradients(loss.asOutput(), x)) {
      gradients.add(gradient.expect(TFloat64.class));
    }
  }

  /** The outputs in row-major order. */
  public double[] output() {
    return run(output, -1, 0);
  }

  /** Shape of the outputs as the graph knows it. */
  public Shape staticShape() {
    return output.shape();
  }

  /** The gradient with respect to one input, in row-major order. */
  public double[] gradient(int input) {
    return run(gradients.get(input), -1, 0);
  }

  /**
   * Moves each input along a fixed direction and compares the gradient with a central difference.
   *
   * @param tolerance of the slope, relative to the larger of it and 1
   */
  public void assertMatchesCentralDifference(double tolerance) {
    for (int i = 0; i < inputs.size(); i++) {
      double near = run(loss, i, STEP)[0] - run(loss, i, -STEP)[0];
      double far = run(loss, i, 2 * STEP)[0] - run(loss, i, -2 * STEP)[0];
      double expected = (8 * near - far) / (12 * STEP);
      double[] gradient = gradient(i);
      double slope = 0;
      for (int k = 0; k < gradient.length; k++) {
        slope += gradient[k] * direction(k);
      }
      assertEquals(
          expected, slope, tolerance * Math.max(1, Math.abs(expected)), "slope of input " + i);
    }
  }

  /**
   * Compares the outputs and every gradient with those of another function of the same inputs.
   *
   * @param tolerance relative to the largest element of each tensor
   */
  public void assertMatches(GradientCheck other, double tolerance) {
    assertClose(other.output(), output(), tolerance, "output");
    for (int i = 0; i < inputs.size(); i++) {
      assertClose(other.gradient(i), gradient(i), tolerance, "gradient of input " + i);
    }
  }

  /** Compares two arrays, with a tolerance relative to the largest expected element. */
  public static void assertClose(
      double[] expected, double[] actual, double tolerance, String what) {
    assertEquals(expected.length, actual.length, what);
    double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual[i], tolerance * largest, what + " at " + i);
    }
  }

  private static double direction(int i) {
    return Math.sin(3 * i + 1);
  }

  private double[] run(Operand<TFloat64> fetch, int moved, double step) {
    List<TFloat64> fed = new ArrayList<>();
    try {
      Session.Runner runner = session.runner().fetch(fetch);
      for (int i = 0; i < inputs.size(); i++) {
        double[] values = inputs.get(i).at(i == moved ? step : 0);
        fed.add(TFloat64.tensorOf(inputs.get(i).shape(), DataBuffers.of(values)));
        runner.feed(placeholders.get(i), fed.get(i));
      }
      try (Result result = runner.run()) {
        return values((TFloat64) result.get(0));
      }
    } finally {
      fed.forEach(TFloat64::close);
    }
  }

  /** Copies a tensor in row-major order. */
  public static double[] values(TFloat64 tensor) {
    double[] values = new double[(int) tensor.size()];
    tensor.copyTo(DataBuffers.of(values, false, false));
    return values;
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
