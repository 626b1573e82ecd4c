package org.dinovmf.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.tensorflow.EagerSession;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.types.TFloat64;

/** The declared slopes here differ from the true ones on purpose, to show which one is used. */
class DeclaredGradientTest {

  /** The value x^2 with the slope 7 x. */
  private static Operand<TFloat64> seven(Ops tf, Operand<TFloat64> x) {
    return DeclaredGradient.of(
        tf,
        List.of(x),
        tf.math.square(x),
        (scope, dy) -> List.of(scope.math.mul(dy.get(0), scope.math.mul(x, scope.constant(7.0)))));
  }

  @Test
  void replacesTheGradientAndKeepsTheValue() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat64> x = tf.constant(3.0);
      Operand<TFloat64> y = seven(tf, x);
      assertArrayEquals(new double[] {9, 21}, run(graph, y, gradient(graph, y, x)));
    }
  }

  @Test
  void appliesTheChainRuleOnBothSides() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat64> x = tf.constant(3.0);
      Operand<TFloat64> y =
          tf.math.mul(seven(tf, tf.math.mul(x, tf.constant(2.0))), tf.constant(5.0));
      // 5 * (7 * 6) * 2
      assertArrayEquals(new double[] {180, 420}, run(graph, y, gradient(graph, y, x)));
    }
  }

  /** Value x^3, slope 5 x^2 declared with slope 11 x, which in turn has slope 11. */
  @Test
  void nestsDeclaredSlopes() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat64> x = tf.constant(2.0);
      Operand<TFloat64> y =
          DeclaredGradient.of(
              tf,
              List.of(x),
              tf.math.pow(x, tf.constant(3.0)),
              (scope, dy) -> List.of(scope.math.mul(dy.get(0), slope(scope, x))));
      Operand<TFloat64> first = gradient(graph, y, x, tf.constant(1.0));
      Operand<TFloat64> second = gradient(graph, first, x, tf.constant(1.0));
      Operand<TFloat64> third = gradient(graph, second, x);
      assertArrayEquals(new double[] {8, 20, 22, 11}, run(graph, y, first, second, third));
    }
  }

  private static Operand<TFloat64> slope(Ops tf, Operand<TFloat64> x) {
    return DeclaredGradient.of(
        tf,
        List.of(x),
        tf.math.mul(tf.math.square(x), tf.constant(5.0)),
        (scope, dy) -> List.of(scope.math.mul(dy.get(0), scope.math.mul(x, scope.constant(11.0)))));
  }

  /** Captured operands of the subgraph are differentiated by their own ops. */
  @Test
  void differentiatesWhatTheGradientFunctionCaptures() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat64> x = tf.constant(0.5);
      Operand<TFloat64> exp = tf.math.exp(x);
      Operand<TFloat64> y =
          DeclaredGradient.of(
              tf, List.of(x), exp, (scope, dy) -> List.of(scope.math.mul(dy.get(0), exp)));
      Operand<TFloat64> first = gradient(graph, y, x, tf.constant(1.0));
      double[] found = run(graph, y, first, gradient(graph, first, x));
      assertArrayEquals(new double[] {Math.exp(0.5), Math.exp(0.5), Math.exp(0.5)}, found, 1e-15);
    }
  }

  /** Outputs a + b and a b; declared gradients 2 du + 3 dv and 5 du + 7 dv. */
  private static List<Operand<TFloat64>> pair(Ops tf, Operand<TFloat64> a, Operand<TFloat64> b) {
    return DeclaredGradient.of(
        tf,
        List.of(a, b),
        List.of(tf.math.add(a, b), tf.math.mul(a, b)),
        (scope, dy) ->
            List.of(
                scope.math.add(Nn.scale(scope, dy.get(0), 2), Nn.scale(scope, dy.get(1), 3)),
                scope.math.add(Nn.scale(scope, dy.get(0), 5), Nn.scale(scope, dy.get(1), 7))));
  }

  @Test
  void servesSeveralInputsAndOutputs() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat64> a = tf.constant(4.0);
      Operand<TFloat64> b = tf.constant(6.0);
      List<Operand<TFloat64>> uv = pair(tf, a, b);
      Operand<TFloat64> both = tf.math.add(uv.get(0), Nn.scale(tf, uv.get(1), 10));
      assertArrayEquals(
          new double[] {250, 32, 75},
          run(graph, both, gradient(graph, both, a), gradient(graph, both, b)));
    }
  }

  @Test
  void treatsAnUnusedOutputAsZero() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat64> a = tf.constant(4.0);
      Operand<TFloat64> b = tf.constant(6.0);
      Operand<TFloat64> v = pair(tf, a, b).get(1);
      assertArrayEquals(
          new double[] {24, 3, 7}, run(graph, v, gradient(graph, v, a), gradient(graph, v, b)));
    }
  }

  @Test
  void addsToTheGradientOfOtherUses() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat64> x = tf.constant(3.0);
      Operand<TFloat64> y = tf.math.add(seven(tf, x), Nn.scale(tf, x, 100));
      assertArrayEquals(new double[] {309, 121}, run(graph, y, gradient(graph, y, x)));
    }
  }

  @Test
  void sumsRepeatedInputs() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat64> x = tf.constant(4.0);
      Operand<TFloat64> v = pair(tf, x, x).get(1);
      assertArrayEquals(new double[] {16, 10}, run(graph, v, gradient(graph, v, x)));
    }
  }

  @Test
  void keepsGraphsApart() {
    try (Graph one = new Graph();
        Graph two = new Graph()) {
      Operand<TFloat64> x1 = Ops.create(one).constant(3.0);
      Operand<TFloat64> x2 = Ops.create(two).constant(3.0);
      Operand<TFloat64> y1 = seven(Ops.create(one), x1);
      Operand<TFloat64> y2 =
          DeclaredGradient.of(
              Ops.create(two),
              List.of(x2),
              Ops.create(two).math.square(x2),
              (scope, dy) -> List.of(Nn.scale(scope, dy.get(0), -1)));
      assertEquals(y1.op().name(), y2.op().name());
      assertArrayEquals(new double[] {21}, run(one, gradient(one, y1, x1)));
      assertArrayEquals(new double[] {-1}, run(two, gradient(two, y2, x2)));
    }
  }

  @Test
  void dropsTheDeclarationsOfClosedGraphs() {
    int held = DeclaredGradient.numGraphsHeld();
    for (int i = 0; i < 1000; i++) {
      try (Graph graph = new Graph()) {
        Ops tf = Ops.create(graph);
        double factor = i;
        Operand<TFloat64> x = tf.constant(3.0);
        Operand<TFloat64> y =
            DeclaredGradient.of(
                tf, List.of(x), x, (scope, dy) -> List.of(Nn.scale(scope, dy.get(0), factor)));
        Operand<TFloat64> slope = gradient(graph, y, x);
        if (i % 50 == 0) {
          assertArrayEquals(new double[] {factor}, run(graph, slope));
        }
      }
    }
    assertTrue(DeclaredGradient.numGraphsHeld() <= held + 1);
  }

  @Test
  void servesSeveralThreads() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try {
      List<Callable<double[]>> tasks = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        double value = i;
        tasks.add(
            () -> {
              try (Graph graph = new Graph()) {
                Ops tf = Ops.create(graph);
                Operand<TFloat64> x = tf.constant(value);
                Operand<TFloat64> y = seven(tf, seven(tf, x));
                return run(graph, gradient(graph, y, x));
              }
            });
      }
      List<Future<double[]>> results = pool.invokeAll(tasks);
      for (int i = 0; i < 40; i++) {
        assertArrayEquals(new double[] {49.0 * i * i * i}, results.get(i).get());
      }
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void failsCleanlyWhenTheFunctionThrows() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat64> x = tf.constant(3.0);
      Operand<TFloat64> y =
          DeclaredGradient.of(
              tf,
              List.of(x),
              x,
              (scope, dy) -> {
                throw new IllegalArgumentException("planned");
              });
      assertEquals("planned", failure(() -> gradient(graph, y, x)).getMessage());
      Operand<TFloat64> z = seven(tf, x); // the graph is still usable
      assertArrayEquals(new double[] {21}, run(graph, gradient(graph, z, x)));
    }
  }

  @Test
  void rejectsAWrongNumberOfGradients() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat64> x = tf.constant(3.0);
      Operand<TFloat64> y = DeclaredGradient.of(tf, List.of(x, x), x, (scope, dy) -> dy);
      assertEquals(
          "a gradient function must return one gradient for each of its 2 inputs, but gave 1",
          failure(() -> gradient(graph, y, x)).getMessage());
    }
  }

  @Test
  void rejectsACarrierThatWasImported() {
    GraphDef definition;
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      seven(tf, tf.withName("x").constant(3.0));
      definition = graph.toGraphDef();
    }
    try (Graph graph = new Graph()) {
      graph.importGraphDef(definition);
      Output<TFloat64> x = graph.operation("x").output(0);
      Output<TFloat64> y = graph.operation("declared_gradient").output(1);
      assertEquals(
          "IdentityN 'declared_gradient' has no declared gradient: a graph that was imported must"
              + " be built anew to be differentiated",
          failure(() -> gradient(graph, y, x)).getMessage());
    }
  }

  @Test
  void rejectsEmptyLists() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      var e =
          assertThrows(
              IllegalArgumentException.class,
              () ->
                  DeclaredGradient.of(
                      tf, List.<Operand<TFloat64>>of(), tf.constant(1.0), (scope, dy) -> dy));
      assertEquals("a declared gradient needs inputs and outputs, but has 0 and 1", e.getMessage());
    }
  }

  @Test
  void rejectsEagerMode() {
    try (EagerSession session = EagerSession.create()) {
      Ops tf = Ops.create(session);
      var e = assertThrows(IllegalStateException.class, () -> seven(tf, tf.constant(1.0)));
      assertEquals(
          "a declared gradient needs a graph, but the ops are built in EagerSession",
          e.getMessage());
    }
  }

  @Test
  void refusesWindowsInOneLine() {
    var e =
        assertThrows(
            IllegalStateException.class, () -> DeclaredGradient.requireSupported("Windows 11"));
    assertEquals(
        "training needs Linux or macOS, but this is Windows 11: TensorFlow Java cannot register"
            + " gradients here; use WSL",
        e.getMessage());
  }

  /** What the thread's handler gets while {@code action} ends in a TensorFlow error. */
  private static Throwable failure(Runnable action) {
    Thread thread = Thread.currentThread();
    Thread.UncaughtExceptionHandler before = thread.getUncaughtExceptionHandler();
    List<Throwable> caught = new ArrayList<>();
    thread.setUncaughtExceptionHandler((t, e) -> caught.add(e));
    try {
      assertThrows(TensorFlowException.class, action::run);
    } finally {
      thread.setUncaughtExceptionHandler(before);
    }
    assertEquals(1, caught.size());
    return caught.get(0);
  }

  @SafeVarargs
  private static Operand<TFloat64> gradient(
      Graph graph, Operand<TFloat64> y, Operand<TFloat64> x, Operand<TFloat64>... dx) {
    Output<?>[] incoming = new Output<?>[dx.length];
    for (int i = 0; i < dx.length; i++) {
      incoming[i] = dx[i].asOutput();
    }
    Output<?>[] ys = {y.asOutput()};
    Output<?>[] xs = {x.asOutput()};
    return graph.addGradients(null, ys, xs, incoming)[0].expect(TFloat64.class);
  }

  @SafeVarargs
  private static double[] run(Graph graph, Operand<TFloat64>... fetches) {
    try (Session session = new Session(graph)) {
      Session.Runner runner = session.runner();
      for (Operand<TFloat64> fetch : fetches) {
        runner.fetch(fetch);
      }
      try (Result result = runner.run()) {
        double[] values = new double[fetches.length];
        for (int i = 0; i < fetches.length; i++) {
          values[i] = ((TFloat64) result.get(i)).getDouble();
        }
        return values;
      }
    }
  }
}
