package org.dinovmf.graph;

import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.dinovmf.ops.Tensors;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TFloating;

/** A graph and its session, and values out of it. */
final class GraphFixture implements AutoCloseable {

  final Graph graph = new Graph();
  final Ops tf = Ops.create(graph);
  private final Session session = new Session(graph);

  /** Row-major values, widened to double. */
  double[] run(Operand<? extends TFloating> fetch) {
    return run(fetch, Map.of());
  }

  /** Values with scalar placeholders fed. */
  double[] run(
      Operand<? extends TFloating> fetch, Map<? extends Operand<TFloat64>, Double> scalars) {
    Session.Runner runner = session.runner().fetch(fetch);
    List<TFloat64> fed =
        scalars.entrySet().stream()
            .map(
                entry -> {
                  TFloat64 value = TFloat64.scalarOf(entry.getValue());
                  runner.feed(entry.getKey(), value);
                  return value;
                })
            .toList();
    try (Result result = runner.run()) {
      return Tensors.doubles(result.get(0));
    } finally {
      fed.forEach(Tensor::close);
    }
  }

  /** The values of each, out of a single run. */
  List<double[]> runAll(Output<?>... fetches) {
    Session.Runner runner = session.runner();
    for (Output<?> fetch : fetches) {
      runner.fetch(fetch);
    }
    try (Result result = runner.run()) {
      return IntStream.range(0, fetches.length)
          .mapToObj(i -> Tensors.doubles(result.get(i)))
          .toList();
    }
  }

  /** Runs an op, with one tensor fed. */
  void run(Op target, Operand<?> placeholder, Tensor fed) {
    session.runner().feed(placeholder, fed).addTarget(target.op()).run().close();
  }

  void run(Op target) {
    session.runner().addTarget(target.op()).run().close();
  }

  /** A constant whose entry at flat index k is {@code value(k)}. */
  Operand<TFloat64> constant(Shape shape, IntToDoubleFunction value) {
    double[] values = IntStream.range(0, (int) shape.size()).mapToDouble(value).toArray();
    return tf.reshape(tf.constant(values), tf.constant(shape));
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
