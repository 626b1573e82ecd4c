package org.dinovmf.training;

import static org.dinovmf.training.Tensors.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.dinovmf.graph.WeightStore.Variable;
import org.dinovmf.training.data.MaskConfig;
import org.dinovmf.training.loss.Center;
import org.dinovmf.training.method.LastLayers;
import org.dinovmf.training.method.Method;
import org.dinovmf.training.method.PatchConfig;
import org.dinovmf.training.method.PrototypeKind;
import org.dinovmf.training.schedule.Schedules.Values;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.types.TFloat64;

class AccumulationTest {

  private static final int IMAGES = 8;

  /** The masks themselves are fed. */
  private static final MaskConfig MASKS = MaskConfig.ibot();

  /** The first step is frozen, so the prototypes' own count is at work in the others. */
  private static final List<Values> STEPS =
      List.of(
          new Values(1e-3, 0.04, 0.9, 0.04, 0.05, false),
          new Values(2e-3, 0.2, 0.95, 0.05, 0.07, true),
          new Values(1e-3, 0.4, 0.98, 0.06, 0.04, true));

  /** Sums are taken in another order. */
  private static final double ROUNDING = 1e-12;

  /** AdamW magnifies rounding where a slope is near 0. */
  private static final double WEIGHT_ROUNDING = 1e-11;

  static Stream<Method> methods() {
    return Stream.concat(
        Stream.of(Center.values())
            .map(center -> Method.distillation(PrototypeKind.VMF, center, 0.9, 0.1)),
        Stream.of(LastLayers.values())
            .map(layers -> Method.ibotVmf().withPatches(new PatchConfig(layers, MASKS))));
  }

  @ParameterizedTest
  @MethodSource("methods")
  void microBatchesEqualOneLargeBatch(Method method) {
    try (TinyRun<TFloat64> large = run(method, IMAGES, 1);
        TinyRun<TFloat64> small = run(method, IMAGES / 2, 2);
        TinyRun<TFloat64> single = run(method, 1, IMAGES)) {
      for (int i = 0; i < STEPS.size(); i++) {
        StepResult expected = large.step(STEPS.get(i), i * IMAGES);
        for (TinyRun<TFloat64> other : List.of(small, single)) {
          StepResult found = other.step(STEPS.get(i), i * IMAGES);
          assertEquals(expected.loss(), found.loss(), ROUNDING);
          assertEquals(expected.targetEntropy(), found.targetEntropy(), ROUNDING);
          assertEquals(expected.gradientNorm(), found.gradientNorm(), 1e-9);
          assertEquals(expected.clsLoss(), found.clsLoss(), ROUNDING);
          assertEquals(expected.measures().keySet(), found.measures().keySet());
          expected
              .measures()
              .forEach((name, value) -> assertEquals(value, found.measures().get(name), ROUNDING));
        }
      }
      Map<String, double[]> expected = large.values();
      for (TinyRun<TFloat64> other : List.of(small, single)) {
        Map<String, double[]> found = other.values();
        for (Variable<TFloat64> variable : large.train().store().variables()) {
          String name = variable.name();
          assertClose(name, expected.get(name), found.get(name), WEIGHT_ROUNDING);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void nothingIsLeftOverAfterAStep(boolean trainsPrototypes) {
    try (TinyRun<TFloat64> run = run(Method.ibotVmf(), 2, 2)) {
      run.step(new Values(1e-3, 0.04, 0.9, 0.04, 0.04, trainsPrototypes), 0);
      run.values()
          .forEach(
              (name, values) -> {
                if (name.startsWith("accumulator/")) {
                  assertTrue(Arrays.stream(values).allMatch(value -> value == 0), name);
                }
              });
    }
  }

  /** A pixel that is not a number in the first, the last or the only micro-batch. */
  @ParameterizedTest(name = "{1} micro-batches of {0}, image {2}")
  @CsvSource({"4, 1, 2", "2, 2, 0", "1, 4, 3"})
  void aStepThatIsNotFiniteChangesNothing(int batchSize, int accumulate, int broken) {
    Method method = Method.dinoVmf();
    try (TinyRun<TFloat64> run = run(method, batchSize, accumulate);
        TinyRun<TFloat64> untroubled = run(method, batchSize, accumulate)) {
      for (TinyRun<TFloat64> each : List.of(run, untroubled)) {
        each.step(STEPS.get(1), 100);
      }
      Map<String, double[]> before = run.values();
      var e = assertThrows(NonFiniteLossException.class, () -> run.step(STEPS.get(2), 0, broken));
      assertEquals(1, e.step());
      assertEquals(
          "the loss or the gradient of step 1 is not finite; nothing was updated. Lower the learning rate, or raise the warm-up or the teacher temperature",
          e.getMessage());
      Map<String, double[]> after = run.values();
      before.forEach((name, values) -> assertArrayEquals(values, after.get(name), name));

      assertEquals(untroubled.step(STEPS.get(2), 0), run.step(STEPS.get(2), 0), "the next step");
      Map<String, double[]> expected = untroubled.values();
      run.values().forEach((name, values) -> assertArrayEquals(expected.get(name), values, name));
    }
  }

  /**
   * The loss is finite but its slope is not: embeddings of length 0 stand for themselves, and what
   * multiplies their slope is out of range.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aGradientThatIsNotFiniteChangesNothing(int accumulate) {
    try (TinyRun<TFloat64> run = run(Method.dinoVmf(), 2, accumulate)) {
      run.assign(
          Map.of(
              "student/head/mlp/1/weight", filled(run, "student/head/mlp/1/weight", 1e300),
              "student/head/mlp/2/weight", filled(run, "student/head/mlp/2/weight", 0)));
      assertTrue(Double.isFinite(run.loss(STEPS.get(1), 0)));
      Map<String, double[]> before = run.values();
      assertThrows(NonFiniteLossException.class, () -> run.step(STEPS.get(1), 0));
      Map<String, double[]> after = run.values();
      before.forEach((name, values) -> assertArrayEquals(values, after.get(name), name));
    }
  }

  private static double[] filled(TinyRun<TFloat64> run, String name, double value) {
    double[] values = run.values(name);
    Arrays.fill(values, value);
    return values;
  }

  private static TinyRun<TFloat64> run(Method method, int batchSize, int accumulate) {
    return new TinyRun<>(TFloat64.class, TinyRun.Config.of(method, batchSize, accumulate));
  }
}
