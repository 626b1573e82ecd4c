package org.dinovmf.tools.vmf;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.dinovmf.ops.Nn;
import org.dinovmf.ops.VonMisesFisher;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TFloating;

/**
 * One graph for all points, with a scope such as {@code p256} for each dimension: the placeholder
 * {@code kappa} and an output for each column. Between them everything floating is of one type.
 */
public final class VmfGraph {

  /** Those that plain Java gives too, and the derivatives that are TensorFlow's. */
  private static final List<String> COLUMNS =
      Stream.concat(VmfValues.COLUMNS.stream(), Stream.of("grad", "grad2")).toList();

  private final List<Point> points;
  private final List<Part> parts = new ArrayList<>();

  /**
   * The points of one dimension.
   *
   * @param rows their places among all points
   * @param kappa placeholder, {@code [rows]}
   * @param outputs in the order of the columns, each {@code [rows]}
   */
  public record Part(List<Integer> rows, Operand<?> kappa, List<Operand<?>> outputs) {}

  private VmfGraph(List<Point> points) {
    this.points = points;
  }

  /** Builds the graph of a precision other than Java. */
  public static VmfGraph build(Graph graph, List<Point> points, Precision precision) {
    return switch (precision) {
      case FLOAT32 -> build(graph, points, TFloat32.class);
      case FLOAT64 -> build(graph, points, TFloat64.class);
      case JAVA -> throw new IllegalArgumentException("plain Java has no graph");
    };
  }

  private static VmfGraph build(Graph graph, List<Point> points, Class<? extends TFloating> type) {
    Map<Integer, List<Integer>> byDim = new TreeMap<>();
    for (int i = 0; i < points.size(); i++) {
      byDim.computeIfAbsent(points.get(i).dim(), dim -> new ArrayList<>()).add(i);
    }
    VmfGraph result = new VmfGraph(points);
    byDim.forEach((dim, rows) -> result.parts.add(part(graph, dim, rows, type)));
    return result;
  }

  private static <T extends TFloating> Part part(
      Graph graph, int dim, List<Integer> rows, Class<T> type) {
    Ops tf = Ops.create(graph).withSubScope("p" + dim);
    Operand<T> kappa =
        tf.withName("kappa").placeholder(type, Placeholder.shape(Shape.of(rows.size())));
    Operand<T> logNorm = VonMisesFisher.logNormalizer(tf, kappa, dim);
    Operand<T> difference = VonMisesFisher.relativeLogNormalizer(tf, kappa, dim);
    Operand<T> ratio = VonMisesFisher.meanResultantLength(tf, kappa, dim);
    Operand<T> derivative = VonMisesFisher.meanResultantLengthSlope(tf, kappa, dim);
    // The gradient of a gradient needs an explicit one that does not depend on kappa.
    Operand<T> ones = tf.fill(tf.array(rows.size()), Nn.scalar(tf, 1, kappa));
    Operand<T> grad = gradient(graph, difference, kappa, ones);
    Operand<T> grad2 = gradient(graph, grad, kappa, ones);
    List<Operand<T>> values = List.of(logNorm, difference, ratio, derivative, grad, grad2);
    List<Operand<?>> outputs = new ArrayList<>();
    for (int i = 0; i < COLUMNS.size(); i++) {
      outputs.add(tf.withName(COLUMNS.get(i)).identity(values.get(i)));
    }
    return new Part(rows, kappa, outputs);
  }

  private static <T extends TFloating> Operand<T> gradient(
      Graph graph, Operand<T> y, Operand<T> x, Operand<T> dx) {
    Output<?>[] ys = {y.asOutput()};
    Output<?>[] xs = {x.asOutput()};
    Output<?>[] incoming = {dx.asOutput()};
    return graph.addGradients(null, ys, xs, incoming)[0].expect(x.type());
  }

  public List<Part> parts() {
    return parts;
  }

  /** The concentrations to feed a part with. */
  public double[] kappas(Part part) {
    return part.rows().stream().mapToDouble(row -> points.get(row).kappa()).toArray();
  }

  /**
   * Puts the results of the parts in the order of the points.
   *
   * @param results of each part an array for each of its outputs
   */
  public VmfValues collect(List<List<double[]>> results) {
    List<double[]> rows = new ArrayList<>();
    points.forEach(point -> rows.add(new double[COLUMNS.size()]));
    for (int k = 0; k < parts.size(); k++) {
      for (int column = 0; column < COLUMNS.size(); column++) {
        List<Integer> places = parts.get(k).rows();
        for (int i = 0; i < places.size(); i++) {
          rows.get(places.get(i))[column] = results.get(k).get(column)[i];
        }
      }
    }
    return new VmfValues(COLUMNS, rows);
  }
}
