package org.dinovmf.training.method;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;

/** Two images, three prototypes. */
class HealthMeasuresTest {

  /** Most probable: 0 and 1 of the first crops, 0 and 2 of the second. */
  private static final double[][] TEACHER = {{2, 1, 0}, {0, 3, 1}, {5, 1, 1}, {0, 1, 2}};

  /** After the center 1 and 1 of the first crops, 2 and 1 of the second. */
  private static final double[][] TARGETS = {
    {0.1, 0.8, 0.1}, {0.2, 0.6, 0.2}, {0.3, 0.3, 0.4}, {0, 1, 0}
  };

  /** 0 and 2 of the first crops, 0 and 0 of the second. */
  private static final double[][] STUDENT = {{2, 1, 0}, {0, 1, 3}, {4, 1, 1}, {2, 0, 1}};

  @Test
  void comparesEachCropWithTheOtherOfItsImage() {
    Map<String, Double> found = run(new double[][] {{1, 0}, {-1, 0}, {0, 1}, {0, -1}});
    assertEquals(0.75, found.get(HealthMeasures.AGREEMENT));
    assertEquals(0.5, found.get(HealthMeasures.DISTINCT), "of the targets");
  }

  @Test
  void evenlySpreadRowsHaveSpreadOneInEveryDirection() {
    Map<String, Double> found = run(new double[][] {{1, 0}, {-1, 0}, {0, 1}, {0, -1}});
    assertEquals(1, found.get(HealthMeasures.SPREAD), 1e-12);
    assertEquals(2, found.get(HealthMeasures.RANK), 1e-12);
  }

  /** Deviations of 0.8 and 0; the mean of both times the root of 2. */
  @Test
  void aLineFillsOneDirection() {
    Map<String, Double> found =
        run(new double[][] {{0.8, 0.6}, {-0.8, 0.6}, {0.8, 0.6}, {-0.8, 0.6}});
    assertEquals(0.4 * Math.sqrt(2), found.get(HealthMeasures.SPREAD), 1e-12);
    assertEquals(1, found.get(HealthMeasures.RANK), 1e-12);
  }

  @Test
  void onePointHasNeither() {
    Map<String, Double> found = run(new double[][] {{0, 1}, {0, 1}, {0, 1}, {0, 1}});
    assertEquals(0, found.get(HealthMeasures.SPREAD));
    assertEquals(0, found.get(HealthMeasures.RANK));
  }

  private static Map<String, Double> run(double[][] embeddings) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Map<String, Operand<TFloat64>> measures =
          HealthMeasures.of(
              tf,
              tf.constant(TEACHER),
              tf.constant(TARGETS),
              tf.constant(STUDENT),
              tf.constant(embeddings),
              2);
      List<String> names = new ArrayList<>(measures.keySet());
      try (Session session = new Session(graph)) {
        Session.Runner runner = session.runner();
        names.forEach(name -> runner.fetch(measures.get(name)));
        try (Result result = runner.run()) {
          Map<String, Double> values = new LinkedHashMap<>();
          for (int i = 0; i < names.size(); i++) {
            values.put(names.get(i), ((TFloat64) result.get(i)).getDouble());
          }
          return values;
        }
      }
    }
  }
}
