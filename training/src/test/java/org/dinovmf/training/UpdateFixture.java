package org.dinovmf.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.dinovmf.graph.Initializer;
import org.dinovmf.graph.WeightStore;
import org.dinovmf.graph.WeightStore.Variable;
import org.dinovmf.ops.Tensors;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat64;

/** A graph of float64 variables and its session, for updates that are tested by themselves. */
public final class UpdateFixture implements AutoCloseable {

  private final Graph graph = new Graph();
  private final Ops tf = Ops.create(graph);
  private final WeightStore<TFloat64> store = new WeightStore<>(tf, TFloat64.class, 3);
  private final Session session = new Session(graph);

  public Ops tf() {
    return tf;
  }

  public WeightStore<TFloat64> store() {
    return store;
  }

  /** A variable of the student. */
  public Variable<TFloat64> student(String name, Shape shape) {
    return store.variable(TrainGraph.STUDENT, name, shape, Initializer.ZEROS);
  }

  public Placeholder<TFloat64> placeholder(Shape shape) {
    return tf.placeholder(TFloat64.class, Placeholder.shape(shape));
  }

  /** Gives every variable its start. */
  public void initialize() {
    run(store.initialize(), Map.of());
  }

  /** Sets a variable. */
  public void assign(Variable<TFloat64> variable, double... values) {
    Operand<TFloat64> shaped = tf.reshape(tf.constant(values), tf.constant(variable.shape()));
    run(tf.assignVariableOp(variable.handle(), shaped), Map.of());
  }

  public void run(Op target, Map<Placeholder<TFloat64>, double[]> feeds) {
    List<Tensor> fed = new ArrayList<>();
    try {
      Session.Runner runner = session.runner().addTarget(target.op());
      feed(runner, feeds, fed);
      runner.run().close();
    } finally {
      fed.forEach(Tensor::close);
    }
  }

  public double[] values(Operand<TFloat64> fetch, Map<Placeholder<TFloat64>, double[]> feeds) {
    List<Tensor> fed = new ArrayList<>();
    try {
      Session.Runner runner = session.runner().fetch(fetch);
      feed(runner, feeds, fed);
      try (Result result = runner.run()) {
        return Tensors.doubles(result.get(0));
      }
    } finally {
      fed.forEach(Tensor::close);
    }
  }

  public double[] values(Variable<TFloat64> variable) {
    return values(variable.value(), Map.of());
  }

  private static void feed(
      Session.Runner runner, Map<Placeholder<TFloat64>, double[]> feeds, List<Tensor> fed) {
    feeds.forEach(
        (placeholder, values) -> {
          Tensor tensor = TFloat64.tensorOf(placeholder.shape(), DataBuffers.of(values));
          fed.add(tensor);
          runner.feed(placeholder, tensor);
        });
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
