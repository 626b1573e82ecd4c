package org.dinovmf.training.weights;

import java.nio.file.Path;
import java.util.List;
import org.dinovmf.graph.WeightStore.Variable;
import org.dinovmf.training.Devices;
import org.dinovmf.training.TrainConfig;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;

/** The weights in a checkpoint of a run, read one by one. Not thread safe. */
public final class SavedWeights implements AutoCloseable {

  private final Graph runGraph = new Graph();
  private final List<Variable<TFloat32>> variables;

  /** A graph of a single op, which a session runs without looking through a network. */
  private final Graph reader = new Graph();

  private final Operand<TString> name;
  private final Operand<TFloat32> value;
  private final Session session;

  /**
   * Opens a checkpoint.
   *
   * @param config of the run
   * @param prefix of TensorFlow's files
   */
  public SavedWeights(TrainConfig config, Path prefix) {
    variables = RunGraph.build(runGraph, config).persistent();
    Ops tf = Ops.create(reader);
    name = tf.placeholder(TString.class, Placeholder.shape(Shape.of(1)));
    value =
        tf.train
            .restore(tf.constant(prefix.toString()), name, tf.array(""), List.of(TFloat32.class))
            .tensors()
            .get(0)
            .asOutput()
            .expect(TFloat32.class);
    session = new Session(reader, Devices.session(1, false));
  }

  /** Every variable of the checkpoint. */
  public List<Variable<TFloat32>> variables() {
    return variables;
  }

  /** The values of a variable, in row-major order. */
  public float[] get(Variable<TFloat32> variable) {
    try (TString fed = TString.vectorOf(variable.name());
        Result result = session.runner().feed(name, fed).fetch(value).run()) {
      TFloat32 tensor = (TFloat32) result.get(0);
      float[] values = new float[(int) tensor.size()];
      tensor.copyTo(DataBuffers.of(values, false, false));
      return values;
    }
  }

  @Override
  public void close() {
    session.close();
    reader.close();
    runGraph.close();
  }
}
