package org.dinovmf.training.method;

import static org.dinovmf.ops.Tensors.assertClose;
import static org.dinovmf.ops.Tensors.doubles;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dinovmf.graph.HeadConfig;
import org.dinovmf.graph.Tokens;
import org.dinovmf.graph.WeightStore;
import org.dinovmf.graph.Weights;
import org.dinovmf.ops.Kernels;
import org.dinovmf.training.loss.Center;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;

/** The golden runs of iBOT hold the values; they are small enough for one slice. */
class PatchTermTest {

  private static final HeadConfig HEAD = new HeadConfig(3, 5, 4, 6);
  private static final int PATCHES = 4;

  static final boolean[][] MASK = {
    {true, false, true, true}, {false, false, false, false},
    {false, true, false, false}, {false, false, false, true}
  };

  /** 16 rows of 6 numbers: slices of 1, of 3 with one left over, and of all. */
  @ParameterizedTest
  @EnumSource
  void slicesOfTheTeachersPatchesMakeNoDifference(Center center) {
    List<double[]> whole = run(new PatchTerm(1, 1000), center);
    for (long size : new long[] {1, 20}) {
      List<double[]> sliced = run(new PatchTerm(1, size), center);
      for (int i = 0; i < whole.size(); i++) {
        assertClose("output " + i, whole.get(i), sliced.get(i), 1e-14);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void patchesHaveATemperatureOfTheirOwn(Center center) {
    PatchTerm term = new PatchTerm(1, 1000);
    double entropy = run(term, center, 0.1, 0.05).get(2)[0];
    assertEquals(entropy, run(term, center, 0.02, 0.05).get(2)[0], 0);
    assertTrue(run(term, center, 0.1, 0.2).get(2)[0] > entropy, "warmer is more even");
  }

  private static List<double[]> run(PatchTerm term, Center center) {
    return run(term, center, 0.1, 0.05);
  }

  /** Loss, statistic of the center, entropy. */
  private static List<double[]> run(
      PatchTerm term, Center center, double teacherTemp, double teacherPatchTemp) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      WeightStore<TFloat64> store = new WeightStore<>(tf, TFloat64.class, 1);
      Pair<TFloat64> pair =
          new Pair<>(
              network(tf, false, 1),
              network(tf, true, 2),
              new Pair.Temperatures<>(
                  tf.constant(0.1), tf.constant(teacherTemp), tf.constant(teacherPatchTemp)),
              Optional.of(tf.constant(MASK)),
              MASK.length / 2,
              store);
      Term.Built<TFloat64> built = term.build(tf, pair, TargetKind.CENTERED.of(center, 0.9));
      try (Session session = new Session(graph)) {
        session.runner().addTarget(store.initialize().op()).run().close();
        try (Result result =
            session
                .runner()
                .fetch(built.value())
                .fetch(built.centers().get(0).statistic())
                .fetch(built.measures().get("patch_entropy"))
                .run()) {
          List<double[]> values = new ArrayList<>();
          for (int i = 0; i < 3; i++) {
            values.add(doubles(result.get(i)));
          }
          return values;
        }
      }
    }
  }

  /** A network whose class tokens of four crops are {@code varied} by the phase. */
  static Network<TFloat64> network(Ops tf, boolean isTeacher, int phase) {
    Weights<TFloat64> weights =
        (name, shape, initializer) -> varied(tf, shape, phase + name.length());
    Operand<TFloat64> cls = varied(tf, Shape.of(MASK.length, 3), phase);
    Operand<TFloat64> patches = varied(tf, Shape.of(MASK.length, PATCHES, 3), phase + 7);
    return new Network<>(
        tf,
        Kernels.plain(),
        HEAD,
        Method.ibotVmf(),
        isTeacher,
        weights,
        List.of(new Tokens<>(patches, cls, patches)));
  }

  static Operand<TFloat64> varied(Ops tf, Shape shape, int phase) {
    double[] values = new double[(int) shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.sin(1.7 * i + phase);
    }
    return tf.reshape(tf.constant(values), tf.constant(shape));
  }
}
