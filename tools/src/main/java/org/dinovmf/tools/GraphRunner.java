package org.dinovmf.tools;

import java.util.ArrayList;
import java.util.List;
import org.dinovmf.tools.vmf.VmfGraph;
import org.dinovmf.tools.vmf.VmfValues;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

/** The one place of the command line that runs a graph of its own. */
final class GraphRunner {

  private GraphRunner() {}

  /** Runs each part of a graph once. */
  static VmfValues run(Graph graph, VmfGraph values) {
    List<List<double[]>> results = new ArrayList<>();
    try (Session session = new Session(graph)) {
      for (VmfGraph.Part part : values.parts()) {
        Session.Runner runner = session.runner();
        part.outputs().forEach(runner::fetch);
        try (Tensor kappa = tensor(part.kappa().type(), values.kappas(part));
            Result result = runner.feed(part.kappa(), kappa).run()) {
          List<double[]> outputs = new ArrayList<>();
          result.forEach(output -> outputs.add(toDoubles(output.getValue())));
          results.add(outputs);
        }
      }
    }
    return values.collect(results);
  }

  private static Tensor tensor(Class<?> type, double[] values) {
    if (type == TFloat64.class) {
      return TFloat64.tensorOf(Shape.of(values.length), DataBuffers.of(values));
    }
    float[] narrow = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      narrow[i] = (float) values[i];
    }
    return TFloat32.tensorOf(Shape.of(values.length), DataBuffers.of(narrow));
  }

  private static double[] toDoubles(Tensor tensor) {
    double[] values = new double[(int) tensor.shape().size()];
    if (tensor instanceof TFloat64 wide) {
      wide.copyTo(DataBuffers.of(values, false, false));
      return values;
    }
    TFloat32 narrow = (TFloat32) tensor;
    for (int i = 0; i < values.length; i++) {
      values[i] = narrow.getFloat(i);
    }
    return values;
  }
}
