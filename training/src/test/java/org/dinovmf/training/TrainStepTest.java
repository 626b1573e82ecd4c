package org.dinovmf.training;

import static org.dinovmf.ops.Tensors.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dinovmf.graph.HeadConfig;
import org.dinovmf.graph.WeightStore.Variable;
import org.dinovmf.training.data.MaskConfig;
import org.dinovmf.training.loss.Center;
import org.dinovmf.training.method.LastLayers;
import org.dinovmf.training.method.LossWeights;
import org.dinovmf.training.method.Method;
import org.dinovmf.training.method.PatchConfig;
import org.dinovmf.training.method.PrototypeKind;
import org.dinovmf.training.method.TargetKind;
import org.dinovmf.training.optimizer.AdamW;
import org.dinovmf.training.optimizer.AdamWConfig;
import org.dinovmf.training.schedule.Schedules.Values;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TFloating;

class TrainStepTest {

  private static final double RATE = 1e-3;
  private static final String DIRECTION = "student/head/prototypes/direction";
  private static final String PATCH_DIRECTION = "student/head/patch_prototypes/direction";
  private static final String NORM = "student/head/prototypes/norm";

  @Test
  void theTeacherStartsEqualToTheStudent() {
    try (TinyRun<TFloat32> run = run(TFloat32.class, Method.dinoVmf())) {
      List<Variable<TFloat32>> student = run.train().store().variables(TrainGraph.STUDENT);
      assertEquals(student.size(), run.train().store().variables(TrainGraph.TEACHER).size());
      Map<String, double[]> start = run.values();
      for (Variable<TFloat32> variable : student) {
        assertArrayEquals(start.get(variable.name()), start.get(teacher(variable.name())));
      }
    }
  }

  /** The embeddings know nothing yet: each prototype has about its share. */
  @ParameterizedTest
  @EnumSource
  void theLossStartsNearTheLogarithmOfTheNumberOfPrototypes(PrototypeKind kind) {
    HeadConfig head = new HeadConfig(8, 64, 256, 512);
    TinyRun.Config config = TinyRun.Config.of(method(kind, Center.LOGIT), 4, 1).withHead(head);
    try (TinyRun<TFloat32> run = new TinyRun<>(TFloat32.class, config)) {
      StepResult first = run.step(values(0, 0.04, 1, true), 0);
      assertEquals(Math.log(512), first.loss(), 1);
      assertTrue(first.divergence() > 0);
    }
  }

  @ParameterizedTest
  @EnumSource
  void theTeacherMovesByTheAverageAlone(Center center) {
    try (TinyRun<TFloat64> run = run(TFloat64.class, method(PrototypeKind.VMF, center))) {
      Map<String, double[]> before = run.values();
      run.step(values(RATE, 0.04, 1, true), 0);
      run.step(values(RATE, 0.04, 1, true), 8);
      Map<String, double[]> fixed = run.values();
      run.step(values(RATE, 0.04, 0.75, true), 16);
      Map<String, double[]> after = run.values();
      for (Variable<TFloat64> variable : run.train().store().variables(TrainGraph.STUDENT)) {
        String name = variable.name();
        assertFalse(Arrays.equals(before.get(name), fixed.get(name)), name + " is trained");
        double[] teacher = fixed.get(teacher(name));
        assertArrayEquals(before.get(teacher(name)), teacher, name + " with momentum 1");
        double[] expected = new double[teacher.length];
        for (int i = 0; i < expected.length; i++) {
          expected[i] = 0.75 * teacher[i] + 0.25 * after.get(name)[i];
        }
        assertArrayEquals(expected, after.get(teacher(name)), 1e-15, name + " with momentum 0.75");
      }
    }
  }

  /** Clipping and the moments cancel in the first step, in every weight. */
  @Test
  void theFirstStepHasTheLengthOfTheRate() {
    try (TinyRun<TFloat64> run = new TinyRun<>(TFloat64.class, withoutEpsilon())) {
      Map<String, double[]> gradients = run.gradients(values(RATE, 0, 1, true), 0);
      Map<String, double[]> before = run.values();
      run.step(values(RATE, 0, 1, true), 0);
      Map<String, double[]> after = run.values();
      gradients.forEach(
          (name, gradient) -> {
            for (int i = 0; i < gradient.length; i++) {
              double moved = after.get(name)[i] - before.get(name)[i];
              if (Math.abs(gradient[i]) > 1e-12) { // what is 0 but for rounding has no direction
                assertEquals(-RATE * Math.signum(gradient[i]), moved, 1e-6 * RATE, name);
              }
            }
          });
    }
  }

  @Test
  void decayFollowsTheGroups() {
    try (TinyRun<TFloat64> decayed = run(TFloat64.class, Method.dinoVmf());
        TinyRun<TFloat64> plain = run(TFloat64.class, Method.dinoVmf())) {
      Map<String, double[]> before = plain.values();
      decayed.step(values(RATE, 0.4, 1, true), 0);
      plain.step(values(RATE, 0, 1, true), 0);
      Map<String, double[]> withoutDecay = plain.values();
      Map<String, double[]> withDecay = decayed.values();
      for (Variable<TFloat64> variable : plain.train().store().variables(TrainGraph.STUDENT)) {
        String name = variable.name();
        double[] expected = withoutDecay.get(name).clone();
        if (AdamW.decays(variable)) {
          for (int i = 0; i < expected.length; i++) {
            expected[i] -= RATE * 0.4 * before.get(name)[i];
          }
        }
        assertArrayEquals(expected, withDecay.get(name), 1e-15, name);
      }
    }
  }

  /** Frozen means untouched: no decay, no moments, and a count of its own afterwards. */
  @Test
  void frozenPrototypesAreUntouchedAndThenStartAfresh() {
    try (TinyRun<TFloat64> run = new TinyRun<>(TFloat64.class, withoutEpsilon())) {
      Map<String, double[]> before = run.values();
      for (int step = 0; step < 3; step++) {
        run.step(values(RATE, 0.4, 0.9, false), 8 * step);
      }
      Map<String, double[]> frozen = run.values();
      for (String name : List.of(DIRECTION, NORM)) {
        assertArrayEquals(before.get(name), frozen.get(name), name);
        for (String moment : List.of(AdamW.FIRST_MOMENT, AdamW.SECOND_MOMENT)) {
          double[] zeros = frozen.get(moment + "/" + name);
          assertTrue(Arrays.stream(zeros).allMatch(value -> value == 0), moment);
        }
      }
      assertEquals(3, run.state().step());
      assertEquals(0, run.state().prototypeUpdates());
      run.step(values(RATE, 0, 0.9, true), 0);
      for (double length : run.values(NORM)) {
        assertEquals(RATE, Math.abs(length - 1), 1e-6 * RATE, "the first update's step");
      }
      assertEquals(1, run.state().prototypeUpdates());
    }
  }

  /** Against a teacher that stands still, the student comes to say what the teacher says. */
  @Test
  void oneBatchIsLearned() {
    TinyRun.Config config =
        TinyRun.Config.of(method(PrototypeKind.VMF, Center.PROBABILITY), 4, 1).withoutLocalCrops();
    try (TinyRun<TFloat32> run = new TinyRun<>(TFloat32.class, config)) {
      StepResult last = run.step(new Values(0, 0, 1, 0.01, 0.01, true), 0);
      for (int step = 0; step < 400; step++) {
        last = run.step(new Values(step < 300 ? 1e-2 : 1e-3, 0, 1, 0.01, 0.01, true), 0);
      }
      double uniform = Math.log(TinyRun.HEAD.numPrototypes()) - last.targetEntropy();
      assertTrue(uniform > 0.5, "a guess would be off by " + uniform);
      assertEquals(0, last.divergence(), 0.05);
    }
  }

  /** The normalizer is the same for all prototypes of length 1 and cancels in every softmax. */
  @ParameterizedTest
  @EnumSource
  void prototypesOfLengthOneTrainAlikeWithAndWithoutTheNormalizer(Center center) {
    Values values = values(RATE, 0.04, 0.9, true);
    try (TinyRun<TFloat64> unit = run(TFloat64.class, method(PrototypeKind.UNIT, center));
        TinyRun<TFloat64> free = run(TFloat64.class, method(PrototypeKind.FREE, center));
        TinyRun<TFloat64> vmf = run(TFloat64.class, method(PrototypeKind.VMF, center))) {
      assertEquals(unit.loss(values, 0), vmf.loss(values, 0), 1e-13);
      assertEquals(free.loss(values, 0), vmf.loss(values, 0), 1e-13);
      Map<String, double[]> ofUnit = unit.gradients(values, 0);
      Map<String, double[]> ofFree = free.gradients(values, 0);
      Map<String, double[]> ofVmf = vmf.gradients(values, 0);
      assertEquals(ofFree.keySet(), ofVmf.keySet());
      for (String name : ofUnit.keySet()) {
        assertClose(name, ofUnit.get(name), ofVmf.get(name), 1e-11);
        assertClose(name, ofUnit.get(name), ofFree.get(name), 1e-11);
      }
      // The lengths themselves feel the normalizer, each by its share of the residuals, whose sum
      // over the prototypes is 0.
      double[] free1 = ofFree.get(NORM);
      double[] vmf1 = ofVmf.get(NORM);
      assertFalse(Arrays.equals(free1, vmf1));
      assertEquals(Arrays.stream(free1).sum(), Arrays.stream(vmf1).sum(), 1e-11);
    }
  }

  /** What the kappa histogram shows is the student's length over its temperature. */
  @Test
  void kappaIsLengthOverTemperature() {
    try (TinyRun<TFloat64> run = run(TFloat64.class, Method.dinoVmf())) {
      double[] lengths = {1, 2, 0.5, -3, 0, 1, 1, 1, 1, 1};
      run.assign(Map.of(NORM, lengths));
      double[] found = run.fetch(values(RATE, 0, 1, true), 0, List.of(run.train().kappa())).get(0);
      double[] expected = Arrays.stream(lengths).map(length -> Math.abs(length) / 0.1).toArray();
      assertArrayEquals(expected, found, 1e-12);
    }
  }

  /** With nothing else that moves, neither weights nor center. */
  @Test
  void dropPathFollowsTheStepAndLeavesTheTeacherAlone() {
    Method still = Method.distillation(PrototypeKind.VMF, Center.PROBABILITY, 1, 0.1);
    TinyRun.Config config = TinyRun.Config.of(still, 8, 1);
    Values values = values(0, 0, 1, false);
    try (TinyRun<TFloat64> run = new TinyRun<>(TFloat64.class, config.withDropPath(2, 0.5));
        TinyRun<TFloat64> again = new TinyRun<>(TFloat64.class, config.withDropPath(2, 0.5));
        TinyRun<TFloat64> plain = new TinyRun<>(TFloat64.class, config.withDropPath(2, 0))) {
      StepResult first = run.step(values, 0);
      StepResult second = run.step(values, 0);
      assertEquals(first, again.step(values, 0));
      assertFalse(first.loss() == second.loss(), "each step drops others");
      StepResult without = plain.step(values, 0);
      assertEquals(without, plain.step(values, 0));
      assertFalse(first.loss() == without.loss());
      assertEquals(without.targetEntropy(), first.targetEntropy());
      assertEquals(without.targetEntropy(), second.targetEntropy());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aRunHasTheVariablesOfACheckpointAndNoOthers(int accumulate) {
    TinyRun.Config config = TinyRun.Config.of(Method.dinoVmf(), 4, accumulate);
    try (TinyRun<TFloat32> run = new TinyRun<>(TFloat32.class, config)) {
      Map<String, Long> byPrefix = new LinkedHashMap<>();
      for (Variable<TFloat32> variable : run.train().persistent()) {
        String prefix = variable.name().substring(0, variable.name().indexOf('/'));
        byPrefix.merge(prefix, 1L, Long::sum);
      }
      long weights = run.train().store().variables(TrainGraph.STUDENT).size();
      assertEquals(
          Map.of("student", weights, "teacher", weights, "method", 1L, "optimizer", 2 * weights),
          byPrefix);
    }
  }

  /** The mask token, and a last layer that is the student's alone, take no part in the average. */
  @ParameterizedTest
  @EnumSource
  void theTeacherHasWhatItsLastLayersSay(LastLayers layers) {
    try (TinyRun<TFloat64> run = run(TFloat64.class, ibot(layers))) {
      Map<String, double[]> start = run.values();
      run.step(values(RATE, 0.04, 0.75, true), 1);
      Map<String, double[]> after = run.values();
      assertFalse(start.containsKey("teacher/backbone/mask_token"));
      assertFalse(
          Arrays.equals(
              start.get("student/backbone/mask_token"), after.get("student/backbone/mask_token")));
      boolean studentHasTwo = layers != LastLayers.SHARED;
      boolean teacherHasTwo = layers == LastLayers.SEPARATE;
      assertEquals(studentHasTwo, start.containsKey(PATCH_DIRECTION));
      assertEquals(teacherHasTwo, start.containsKey(teacher(PATCH_DIRECTION)));
      if (studentHasTwo) {
        assertFalse(Arrays.equals(start.get(DIRECTION), start.get(PATCH_DIRECTION)));
        assertFalse(Arrays.equals(start.get(PATCH_DIRECTION), after.get(PATCH_DIRECTION)));
      }
      // Where the teacher has one layer for the student's two, it starts as the second one and
      // follows the first.
      String origin = layers == LastLayers.STUDENT_SEPARATE ? PATCH_DIRECTION : DIRECTION;
      assertArrayEquals(start.get(origin), start.get(teacher(DIRECTION)));
      double[] expected = start.get(teacher(DIRECTION)).clone();
      for (int i = 0; i < expected.length; i++) {
        expected[i] = 0.75 * expected[i] + 0.25 * after.get(DIRECTION)[i];
      }
      assertArrayEquals(expected, after.get(teacher(DIRECTION)), 1e-15);
    }
  }

  /** Frozen with the prototypes of class tokens, as the published code finds them by their name. */
  @Test
  void theLastLayerForPatchesIsFrozenToo() {
    try (TinyRun<TFloat64> run = run(TFloat64.class, ibot(LastLayers.SEPARATE))) {
      double[] before = run.values(PATCH_DIRECTION);
      run.step(values(RATE, 0.4, 0.9, false), 1);
      assertArrayEquals(before, run.values(PATCH_DIRECTION));
      run.step(values(RATE, 0.4, 0.9, true), 1);
      assertFalse(Arrays.equals(before, run.values(PATCH_DIRECTION)));
    }
  }

  /** A batch in which nothing is masked has no patch loss, and only decay reaches the token. */
  @Test
  void aBatchWithoutMaskedPatchesIsNoFault() {
    TinyRun.Config config = TinyRun.Config.of(ibot(LastLayers.SHARED), 1, 1);
    try (TinyRun<TFloat32> run = new TinyRun<>(TFloat32.class, config)) {
      StepResult result = run.step(values(RATE, 0, 0.9, true), TinyRun.WHOLE_IMAGE);
      assertEquals(0.0, result.measures().get("masked_share"));
      assertEquals(0.0, result.measures().get("loss_patch"));
      assertEquals(0.0, result.measures().get("patch_entropy"));
      assertEquals(result.loss(), result.clsLoss());
    }
  }

  @Test
  void termsAreWeighted() {
    LossWeights weights = new LossWeights(0.5, 3, 0.25);
    try (TinyRun<TFloat64> run = run(TFloat64.class, Method.ibotVmf().withWeights(weights))) {
      StepResult result = run.step(values(RATE, 0, 0.9, true), 1);
      Map<String, Double> measures = result.details();
      assertEquals(
          List.of("loss_cls", "loss_patch", "patch_entropy", "masked_share", "loss_koleo"),
          List.copyOf(measures.keySet()));
      assertEquals(
          0.5 * measures.get("loss_cls")
              + 3 * measures.get("loss_patch")
              + 0.25 * measures.get("loss_koleo"),
          result.loss(),
          1e-12);
      assertTrue(measures.get("loss_patch") > measures.get("patch_entropy"));
      assertEquals(measures.get("loss_cls"), result.clsLoss());
    }
  }

  /** Nothing is remembered, so no center is in a checkpoint. */
  @Test
  void balancedTargetsNeedNoCenter() {
    Method method = Method.ibotVmf().withTarget(TargetKind.SINKHORN);
    try (TinyRun<TFloat64> run = run(TFloat64.class, method)) {
      StepResult first = run.step(values(RATE, 0, 0.9, true), 1);
      assertTrue(first.divergence() > 0);
      assertTrue(Double.isFinite(first.gradientNorm()));
      assertTrue(run.values().keySet().stream().noneMatch(name -> name.startsWith("method/")));
    }
  }

  private static Method ibot(LastLayers layers) {
    return Method.ibotVmf().withPatches(new PatchConfig(layers, MaskConfig.ibot()));
  }

  private static TinyRun.Config withoutEpsilon() {
    return TinyRun.Config.of(Method.dinoVmf(), 8, 1)
        .withOptimizer(new AdamWConfig(0.9, 0.999, 1e-18, 0.3));
  }

  private static <T extends TFloating> TinyRun<T> run(Class<T> type, Method method) {
    return new TinyRun<>(type, TinyRun.Config.of(method, 8, 1));
  }

  private static Method method(PrototypeKind kind, Center center) {
    return Method.distillation(kind, center, 0.9, 0.1);
  }

  private static Values values(
      double rate, double decay, double momentum, boolean trainsPrototypes) {
    return new Values(rate, decay, momentum, 0.04, 0.04, trainsPrototypes);
  }

  private static String teacher(String student) {
    return TrainGraph.TEACHER + student.substring(TrainGraph.STUDENT.length());
  }
}
