package org.dinovmf.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.dinovmf.training.data.MaskConfig;
import org.dinovmf.training.method.LastLayers;
import org.dinovmf.training.method.Method;
import org.dinovmf.training.method.PatchConfig;
import org.dinovmf.training.schedule.Schedules.Values;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.GraphOperation;
import org.tensorflow.types.TFloat64;

/** Blocks that are built a second time for their gradients. */
class ActivationCheckpointingTest {

  private static final int DEPTH = 3;

  /** Of a block. */
  private static final int WEIGHTS = 12;

  private static final List<Values> STEPS =
      List.of(
          new Values(1e-3, 0.04, 0.9, 0.04, 0.05, false),
          new Values(2e-3, 0.2, 0.95, 0.05, 0.07, true));

  static Stream<TinyRun.Config> configs() {
    Method masked =
        Method.ibotVmf().withPatches(new PatchConfig(LastLayers.SEPARATE, MaskConfig.ibot()));
    return Stream.of(
        TinyRun.Config.of(Method.dinoVmf(), 4, 1).withDropPath(DEPTH, 0.5),
        TinyRun.Config.of(Method.dinoVmf(), 4, 1).withDropPath(DEPTH, 0).withoutLocalCrops(),
        TinyRun.Config.of(masked, 2, 2).withDropPath(DEPTH, 0.5));
  }

  /**
   * To the last bit, where TensorFlow does not fuse the two buildings of a block differently: the
   * second time drops the same branches.
   */
  @ParameterizedTest
  @MethodSource("configs")
  void stepsAreTheSame(TinyRun.Config config) {
    try (TinyRun<TFloat64> kept = new TinyRun<>(TFloat64.class, config);
        TinyRun<TFloat64> again =
            new TinyRun<>(TFloat64.class, config.withActivationCheckpointing())) {
      for (Values values : STEPS) {
        assertEquals(kept.step(values, 0), again.step(values, 0));
      }
      Map<String, double[]> expected = kept.values();
      Map<String, double[]> found = again.values();
      assertEquals(expected.keySet(), found.keySet());
      expected.forEach((name, values) -> assertArrayEquals(values, found.get(name), name));
    }
  }

  /** What lies inside a block would be held until the gradient has read it. */
  @Test
  void nothingInsideABlockIsReadOutsideIt() {
    TinyRun.Config config = TinyRun.Config.of(Method.dinoVmf(), 4, 1).withDropPath(DEPTH, 0);
    try (TinyRun<TFloat64> kept = new TinyRun<>(TFloat64.class, config);
        TinyRun<TFloat64> again =
            new TinyRun<>(TFloat64.class, config.withActivationCheckpointing())) {
      assertFalse(readersOutside(kept).isEmpty());
      assertEquals(Set.of(), readersOutside(again));
    }
  }

  /** For both passes of each block; or else all of them would be built again, and held, at once. */
  @Test
  void eachBlockWaitsForTheGradientsOfTheOneAfterIt() {
    TinyRun.Config config = TinyRun.Config.of(Method.dinoVmf(), 4, 1).withDropPath(DEPTH, 0);
    try (TinyRun<TFloat64> run =
        new TinyRun<>(TFloat64.class, config.withActivationCheckpointing())) {
      List<GraphOperation> inputs = new ArrayList<>();
      for (Iterator<GraphOperation> all = run.graph().operations(); all.hasNext(); ) {
        GraphOperation operation = all.next();
        if (operation.type().equals("Identity") && operation.numControlInputs() > 2) {
          inputs.add(operation);
        }
      }
      assertEquals(2 * DEPTH, inputs.size());
      for (int i = 2; i < inputs.size(); i += 2) {
        Set<GraphOperation> needed = needed(inputs.get(i));
        assertTrue(needed.containsAll(inputs.subList(i - 2, i)), "block " + i / 2);
        assertEquals(2 + WEIGHTS, inputs.get(i).numControlInputs(), "both passes and the weights");
      }
    }
  }

  /** All that is computed before an operation. */
  private static Set<GraphOperation> needed(GraphOperation operation) {
    Set<GraphOperation> found = new HashSet<>();
    Deque<GraphOperation> open = new ArrayDeque<>(List.of(operation));
    while (!open.isEmpty()) {
      GraphOperation next = open.pop();
      if (found.add(next)) {
        open.addAll(next.controlInputs());
        next.inputs().forEach(input -> open.add((GraphOperation) input.asOutput().op()));
      }
    }
    return found;
  }

  /** Who reads what from outside the first building of the middle block, but for its result. */
  private static Set<String> readersOutside(TinyRun<?> run) {
    String block = "student/block1/";
    List<GraphOperation> inside = new ArrayList<>();
    for (Iterator<GraphOperation> all = run.graph().operations(); all.hasNext(); ) {
      GraphOperation operation = all.next();
      if (operation.name().startsWith(block) && !operation.type().equals("Const")) {
        inside.add(operation);
      }
    }
    Set<String> readers = new TreeSet<>();
    for (GraphOperation operation : inside.subList(0, inside.size() - 1)) {
      operation.consumers().stream()
          .filter(reader -> !reader.name().startsWith(block))
          .forEach(reader -> readers.add(operation.name() + " by " + reader.name()));
    }
    return readers;
  }
}
