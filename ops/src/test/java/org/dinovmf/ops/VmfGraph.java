package org.dinovmf.ops;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TFloating;

/** Runs the functions of {@link VmfQuantity} in a graph. */
final class VmfGraph {

  private VmfGraph() {}

  /** Each quantity at each kappa with its first and second gradient. */
  static <T extends TFloating> Map<VmfQuantity, List<double[]>> derivatives(
      Class<T> type, int dim, double[] kappas) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<T> kappa = tf.dtypes.cast(tf.constant(kappas), type);
      Operand<T> ones = ones(tf, kappas.length, type);
      List<Operand<T>> fetches = new ArrayList<>();
      for (VmfQuantity quantity : VmfQuantity.values()) {
        Operand<T> value = quantity.declared(tf, kappa, dim);
        Operand<T> first = gradient(graph, value, kappa, ones);
        fetches.addAll(List.of(value, first, gradient(graph, first, kappa, ones)));
      }
      List<double[]> values = run(tf, graph, fetches);
      Map<VmfQuantity, List<double[]>> result = new EnumMap<>(VmfQuantity.class);
      int next = 0;
      for (VmfQuantity quantity : VmfQuantity.values()) {
        result.put(quantity, values.subList(next, next + 3));
        next += 3;
      }
      return result;
    }
  }

  /** The values of the formulas and of A'', in the order of their declaration. */
  static <T extends TFloating> List<double[]> terms(Class<T> type, int dim, double[] kappas) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<T> kappa = tf.dtypes.cast(tf.constant(kappas), type);
      ConcentrationTerms<Operand<T>> terms = VonMisesFisherValues.ofKappa(tf, kappa, dim);
      return run(
          tf,
          graph,
          List.of(
              tf.math.neg(terms.difference()),
              terms.length(),
              terms.complement(),
              terms.slope(),
              terms.divergence(),
              terms.curvature()));
    }
  }

  /** A constant: the gradient of a gradient needs one that the input is not in. */
  static <T extends TFloating> Operand<T> ones(Ops tf, int size, Class<T> type) {
    return tf.fill(tf.array(size), tf.dtypes.cast(tf.constant(1.0), type));
  }

  static <T extends TFloating> Operand<T> gradient(
      Graph graph, Operand<T> y, Operand<T> x, Operand<T> dx) {
    Output<?>[] ys = {y.asOutput()};
    Output<?>[] xs = {x.asOutput()};
    Output<?>[] incoming = {dx.asOutput()};
    return graph.addGradients(null, ys, xs, incoming)[0].expect(x.type());
  }

  static <T extends TFloating> List<double[]> run(Ops tf, Graph graph, List<Operand<T>> fetches) {
    List<double[]> values = new ArrayList<>();
    try (Session session = new Session(graph)) {
      Session.Runner runner = session.runner();
      fetches.forEach(fetch -> runner.fetch(tf.dtypes.cast(fetch, TFloat64.class)));
      try (Result result = runner.run()) {
        for (int i = 0; i < fetches.size(); i++) {
          values.add(GradientCheck.values((TFloat64) result.get(i)));
        }
      }
    }
    return values;
  }
}
