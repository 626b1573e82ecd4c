package org.dinovmf.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.dinovmf.graph.WeightStore.Persistence;
import org.dinovmf.graph.WeightStore.Variable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Operand;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TString;

class WeightStoreTest {

  private static final Shape SHAPE = Shape.of(40, 25);

  @TempDir Path folder;

  @ParameterizedTest
  @MethodSource("initializers")
  void studentAndTeacherStartEqual(Initializer initializer) {
    try (GraphFixture fixture = new GraphFixture()) {
      WeightStore<TFloat64> store = store(fixture, 5);
      store.variable("student", "a/weight", SHAPE, initializer);
      store.variable("student", "b/weight", SHAPE, initializer);
      store.variable("teacher", "b/weight", SHAPE, initializer);
      store.variable("teacher", "a/weight", SHAPE, initializer);
      fixture.run(store.initialize());
      for (String name : List.of("a/weight", "b/weight")) {
        assertArrayEquals(
            values(fixture, store, "student/" + name), values(fixture, store, "teacher/" + name));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("random")
  void aRandomStartDependsOnSeedAndNameAlone(Initializer initializer) {
    double[] first = started(5, initializer, List.of("a", "b")).get(0);
    assertArrayEquals(first, started(5, initializer, List.of("c", "b", "a")).get(2));
    assertFalse(Arrays.equals(first, started(5, initializer, List.of("b")).get(0)), "name");
    assertFalse(Arrays.equals(first, started(6, initializer, List.of("a")).get(0)), "seed");
  }

  @Test
  void startsHaveTheirDistributions() {
    assertTrue(Arrays.stream(start(Initializer.ZEROS)).allMatch(value -> value == 0));
    assertTrue(Arrays.stream(start(Initializer.ONES)).allMatch(value -> value == 1));
    assertTrue(Arrays.stream(start(Initializer.EVEN)).allMatch(value -> value == 1.0 / 25));

    double[] normal = start(Initializer.NORMAL);
    double error = 0.02 / Math.sqrt(normal.length);
    assertEquals(0, Arrays.stream(normal).average().orElseThrow(), 5 * error);
    assertEquals(0.02, deviation(normal), 5 * error);
    double largest = Arrays.stream(normal).map(Math::abs).max().orElseThrow();
    assertTrue(largest > 2.3 * 0.02, "cut off at two deviations: " + largest);

    double[] uniform = start(Initializer.uniform(25));
    assertEquals(-0.2, Arrays.stream(uniform).min().orElseThrow(), 0.002);
    assertEquals(0.2, Arrays.stream(uniform).max().orElseThrow(), 0.002);
    assertEquals(0.2 / Math.sqrt(3), deviation(uniform), 5 * error);
  }

  @Test
  void aNameStandsForOneVariable() {
    try (GraphFixture fixture = new GraphFixture()) {
      WeightStore<TFloat64> store = store(fixture, 5);
      Weights<TFloat64> block = store.under("student").below("blocks/0");
      Operand<TFloat64> value = block.get("norm1/weight", Shape.of(4), Initializer.ONES);
      assertSame(value, block.get("norm1/weight", Shape.of(4), Initializer.ONES));
      assertSame(value, store.variable("student/blocks/0/norm1/weight").value());
      var e =
          assertThrows(
              IllegalArgumentException.class,
              () -> block.get("norm1/weight", Shape.of(4, 1), Initializer.ONES));
      assertEquals(
          "weight 'student/blocks/0/norm1/weight' is asked for as [4, 1] but is [4]",
          e.getMessage());
    }
  }

  @Test
  void listsByPrefixInTheOrderOfMaking() {
    try (GraphFixture fixture = new GraphFixture()) {
      WeightStore<TFloat64> store = store(fixture, 5);
      for (String name : List.of("student/b", "teacher/b", "student/a", "students/c")) {
        int slash = name.indexOf('/');
        store.variable(
            name.substring(0, slash), name.substring(slash + 1), SHAPE, Initializer.ZEROS);
      }
      assertEquals(
          List.of("student/b", "teacher/b", "student/a", "students/c"), names(store.variables()));
      assertEquals(List.of("student/b", "student/a"), names(store.variables("student")));
      var e = assertThrows(IllegalArgumentException.class, () -> store.variable("student/c"));
      assertEquals("there is no weight 'student/c'", e.getMessage());
    }
  }

  @Test
  void aFileBringsValuesBackIntoAnotherGraph() {
    double[] weight;
    try (GraphFixture fixture = new GraphFixture()) {
      WeightStore<TFloat64> store = store(fixture, 5);
      store.variable("student", "ä/weight", SHAPE, Initializer.NORMAL);
      store.variable("optimizer/m", "student/ä/weight", SHAPE, Initializer.ONES);
      fixture.run(store.initialize());
      weight = values(fixture, store, "student/ä/weight");
      save(fixture, store, "größe");
    }
    try (GraphFixture fixture = new GraphFixture()) {
      WeightStore<TFloat64> store = store(fixture, 6);
      store.variable("optimizer/m", "student/ä/weight", SHAPE, Initializer.ZEROS);
      store.variable("student", "ä/weight", SHAPE, Initializer.ZEROS);
      fixture.run(store.initialize());
      restore(fixture, store, "größe");
      assertArrayEquals(weight, values(fixture, store, "student/ä/weight"));
      double[] ones = values(fixture, store, "optimizer/m/student/ä/weight");
      assertTrue(Arrays.stream(ones).allMatch(value -> value == 1));
    }
  }

  /** Persistence reads anew, so that an update of the same graph is seen. */
  @Test
  void savesWhatAnUpdateLeft() {
    try (GraphFixture fixture = new GraphFixture()) {
      WeightStore<TFloat64> store = store(fixture, 5);
      Variable<TFloat64> variable = store.variable("student", "a", Shape.of(2), Initializer.ONES);
      Op doubled =
          fixture.tf.assignAddVariableOp(variable.handle(), fixture.constant(Shape.of(2), k -> k));
      fixture.run(store.initialize());
      fixture.run(doubled);
      save(fixture, store, "weights");
      fixture.run(doubled);
      restore(fixture, store, "weights");
      assertArrayEquals(new double[] {1, 2}, values(fixture, store, "student/a"));
    }
  }

  @Test
  void aFileWithoutAWeightIsRefusedByName() {
    try (GraphFixture fixture = new GraphFixture()) {
      WeightStore<TFloat64> store = store(fixture, 5);
      store.variable("student", "a", Shape.of(2), Initializer.ONES);
      fixture.run(store.initialize());
      save(fixture, store, "weights");
      store.variable("student", "b", Shape.of(2), Initializer.ONES);
      var e = assertThrows(TensorFlowException.class, () -> restore(fixture, store, "weights"));
      assertTrue(e.getMessage().contains("student/b"), e.getMessage());
    }
  }

  @Test
  void aWeightOfAnotherShapeIsRefused() {
    try (GraphFixture fixture = new GraphFixture()) {
      WeightStore<TFloat64> store = store(fixture, 5);
      store.variable("student", "a", Shape.of(2, 3), Initializer.ONES);
      fixture.run(store.initialize());
      save(fixture, store, "weights");
    }
    try (GraphFixture fixture = new GraphFixture()) {
      WeightStore<TFloat64> store = store(fixture, 5);
      store.variable("student", "a", Shape.of(3, 2), Initializer.ZEROS);
      fixture.run(store.initialize());
      var e =
          assertThrows(TFInvalidArgumentException.class, () -> restore(fixture, store, "weights"));
      assertTrue(e.getMessage().contains("[2,3] is not compatible"), e.getMessage());
      double[] zeros = values(fixture, store, "student/a");
      assertTrue(Arrays.stream(zeros).allMatch(value -> value == 0));
    }
  }

  private static Stream<Initializer> initializers() {
    Stream<Initializer> constant =
        Stream.of(Initializer.ZEROS, Initializer.ONES, Initializer.SMALL, Initializer.EVEN);
    return Stream.concat(constant, random());
  }

  private static Stream<Initializer> random() {
    return Stream.of(Initializer.NORMAL, Initializer.uniform(25));
  }

  private static WeightStore<TFloat64> store(GraphFixture fixture, long seed) {
    return new WeightStore<>(fixture.tf, TFloat64.class, seed);
  }

  private static double[] values(
      GraphFixture fixture, WeightStore<TFloat64> store, String fullName) {
    return fixture.run(store.variable(fullName).value());
  }

  private static double[] start(Initializer initializer) {
    return started(5, initializer, List.of("a")).get(0);
  }

  private static List<double[]> started(long seed, Initializer initializer, List<String> names) {
    try (GraphFixture fixture = new GraphFixture()) {
      WeightStore<TFloat64> store = store(fixture, seed);
      names.forEach(name -> store.variable("student", name, SHAPE, initializer));
      fixture.run(store.initialize());
      return names.stream().map(name -> values(fixture, store, "student/" + name)).toList();
    }
  }

  private void save(GraphFixture fixture, WeightStore<TFloat64> store, String file) {
    Persistence persistence = store.persistence(store.variables());
    run(fixture, persistence, persistence.save(), file);
  }

  private void restore(GraphFixture fixture, WeightStore<TFloat64> store, String file) {
    Persistence persistence = store.persistence(store.variables());
    run(fixture, persistence, persistence.restore(), file);
  }

  private void run(GraphFixture fixture, Persistence persistence, Op op, String file) {
    try (TString path = TString.scalarOf(folder.resolve(file).toString())) {
      fixture.run(op, persistence.file(), path);
    }
  }

  private static List<String> names(List<Variable<TFloat64>> variables) {
    return variables.stream().map(Variable::name).toList();
  }

  private static double deviation(double[] values) {
    double mean = Arrays.stream(values).average().orElseThrow();
    return Math.sqrt(
        Arrays.stream(values).map(v -> (v - mean) * (v - mean)).average().orElseThrow());
  }
}
