package org.dinovmf.training.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import org.dinovmf.ops.Golden;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SchedulesTest {

  /** The formulas differ from the tables in the order of their roundings. */
  private static final double ROUNDING = 1e-15;

  private static final int REFERENCE_BATCH = 256;

  @Test
  void matchesTheTablesOfTheGoldenRun() {
    JsonNode golden =
        Golden.reference(SchedulesTest.class, "trajectory-dino-vmf").metadata("schedules");
    ScheduleConfig config =
        new ScheduleConfig(
            3, 2e-3, 1e-5, 1, 0.04, 0.4, 0.9, 0.04, 0.07, 2, 1, ScheduleConfig.Patches.ibot());
    Schedules schedules = new Schedules(config, 3, REFERENCE_BATCH);
    assertEquals(9, schedules.totalSteps());
    assertEquals(9, golden.get("learning_rate").size());
    for (int step = 0; step < 9; step++) {
      Schedules.Values values = schedules.at(step);
      String at = "step " + step;
      assertEquals(
          golden.get("learning_rate").get(step).asDouble(), values.learningRate(), ROUNDING, at);
      assertEquals(
          golden.get("weight_decay").get(step).asDouble(), values.weightDecay(), ROUNDING, at);
      assertEquals(
          golden.get("teacher_momentum").get(step).asDouble(),
          values.teacherMomentum(),
          ROUNDING,
          at);
      assertEquals(
          golden.get("teacher_temperature").get(step / 3).asDouble(),
          values.teacherTemp(),
          ROUNDING,
          at);
      assertEquals(step >= 3, values.trainsPrototypes(), at);
    }
  }

  /** Tables as the published code makes them, whole and in advance. */
  @ParameterizedTest
  @CsvSource({"10, 7, 3, 4", "5, 1, 1, 1", "4, 3, 0, 0", "3, 5, 3, 3", "2, 4, 1, 2"})
  void matchesTablesMadeInAdvance(int epochs, int perEpoch, int warmup, int tempWarmup) {
    ScheduleConfig config =
        new ScheduleConfig(
            epochs,
            5e-4,
            1e-6,
            warmup,
            0.04,
            0.4,
            0.996,
            0.03,
            0.07,
            tempWarmup,
            2,
            ScheduleConfig.Patches.ibot());
    Schedules schedules = new Schedules(config, perEpoch, 1024);
    int total = epochs * perEpoch;
    double[] rates =
        joined(
            linspace(0, 5e-4 * 1024 / 256, warmup * perEpoch),
            cosine(5e-4 * 1024 / 256, 1e-6, total - warmup * perEpoch));
    double[] decays = cosine(0.04, 0.4, total);
    double[] momenta = cosine(0.996, 1, total);
    double[] rest = new double[epochs - tempWarmup];
    Arrays.fill(rest, 0.07);
    double[] temps = joined(linspace(0.03, 0.07, tempWarmup), rest);
    assertEquals(total, schedules.totalSteps());
    assertEquals(perEpoch, schedules.stepsPerEpoch());
    for (int step = 0; step < total; step++) {
      Schedules.Values values = schedules.at(step);
      assertEquals(rates[step], values.learningRate(), ROUNDING);
      assertEquals(decays[step], values.weightDecay(), ROUNDING);
      assertEquals(momenta[step], values.teacherMomentum(), ROUNDING);
      assertEquals(temps[step / perEpoch], values.teacherTemp(), ROUNDING);
      assertEquals(step / perEpoch >= 2, values.trainsPrototypes());
    }
  }

  @Test
  void theWarmUpEndsAtThePeakAndTheCosineBeginsThere() {
    Schedules schedules = new Schedules(ScheduleConfig.dino(), 5, 512);
    assertEquals(0, schedules.at(0).learningRate());
    assertEquals(1e-3, schedules.at(49).learningRate(), ROUNDING);
    assertEquals(1e-3, schedules.at(50).learningRate(), ROUNDING);
    assertTrue(schedules.at(51).learningRate() < 1e-3);
    double last = schedules.at(499).learningRate();
    assertTrue(last > 1e-6 && last < 1.1e-6, "near the end, never at it: " + last);
  }

  @Test
  void theFirstStepHasTheStartsOfDecayAndMomentum() {
    Schedules.Values first = new Schedules(ScheduleConfig.dino(), 5, 512).at(0);
    assertEquals(0.04, first.weightDecay(), ROUNDING);
    assertEquals(0.996, first.teacherMomentum(), ROUNDING);
    assertFalse(first.trainsPrototypes());
  }

  /** Steps of many years must not overflow an int. */
  @Test
  void countsStepsInLongs() {
    Schedules schedules = new Schedules(ScheduleConfig.dino(), 1L << 30, 512);
    assertEquals(100L << 30, schedules.totalSteps());
    assertEquals(1e-3, schedules.at((10L << 30) - 1).learningRate(), ROUNDING);
    assertTrue(schedules.at((100L << 30) - 1).learningRate() < 1.1e-6);
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 500, Long.MAX_VALUE})
  void refusesAStepOutsideTheRun(long step) {
    Schedules schedules = new Schedules(ScheduleConfig.dino(), 5, 512);
    var e = assertThrows(IllegalArgumentException.class, () -> schedules.at(step));
    assertEquals("step must be in [0, 500) but is " + step, e.getMessage());
  }

  @Test
  void refusesAnEpochWithoutSteps() {
    var e =
        assertThrows(
            IllegalArgumentException.class, () -> new Schedules(ScheduleConfig.dino(), 0, 512));
    assertEquals(
        "an epoch needs at least one step and a step one image: stepsPerEpoch=0, batchSize=512",
        e.getMessage());
    assertThrows(IllegalArgumentException.class, () -> new Schedules(ScheduleConfig.dino(), 1, 0));
  }

  @Test
  void namesEveryFaultAtOnce() {
    var e =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                new ScheduleConfig(
                    0, 0, 1e-6, 10, -0.1, 0.4, 1.5, 0.04, 0, 0, -1, ScheduleConfig.Patches.ibot()));
    assertEquals(
        "epochs must be at least 1 but is 0; "
            + "learning rates must be positive: learningRate=0.0, minLearningRate=1.0E-6; "
            + "warm-up epochs must be between 0 and the 0 epochs but are 10; "
            + "weight decay must not be negative: -0.1 to 0.4; "
            + "teacher momentum must be in [0, 1] but is 1.5; "
            + "teacher temperatures must be positive: 0.04 to 0.0; "
            + "epochs must not be negative: warmupTeacherTempEpochs=0, freezeLastLayerEpochs=-1",
        e.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "NaN, 1e-6, 0.04, 0.996, 0.04",
    "5e-4, NaN, 0.04, 0.996, 0.04",
    "5e-4, 1e-6, NaN, 0.996, 0.04",
    "5e-4, 1e-6, 0.04, NaN, 0.04",
    "5e-4, 1e-6, 0.04, 0.996, NaN"
  })
  void refusesWhatIsNotANumber(
      double rate, double minRate, double decay, double momentum, double temp) {
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new ScheduleConfig(
                100,
                rate,
                minRate,
                10,
                decay,
                0.4,
                momentum,
                temp,
                0.07,
                30,
                1,
                ScheduleConfig.Patches.ibot()));
  }

  /** {@code np.linspace(start, end, size)}. */
  private static double[] linspace(double start, double end, int size) {
    double[] table = new double[size];
    double step = size > 1 ? (end - start) / (size - 1) : 0;
    for (int i = 0; i < size; i++) {
      table[i] = start + i * step;
    }
    return table;
  }

  /** {@code end + 0.5 * (start - end) * (1 + np.cos(np.pi * np.arange(size) / size))}. */
  private static double[] cosine(double start, double end, int size) {
    double[] table = new double[size];
    for (int i = 0; i < size; i++) {
      table[i] = end + 0.5 * (start - end) * (1 + Math.cos(Math.PI * i / size));
    }
    return table;
  }

  private static double[] joined(double[] first, double[] second) {
    double[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  /** Its table begins with as many rows of the warm-up's start, however short the warm-up is. */
  @Test
  void theTemperatureForPatchesIsThatOfTheWarmUpBeforeIt() {
    ScheduleConfig config =
        new ScheduleConfig(
            4,
            5e-4,
            1e-6,
            1,
            0.04,
            0.4,
            0.996,
            0.04,
            0.04,
            0,
            1,
            new ScheduleConfig.Patches(2, 0.04, 0.07));
    Schedules schedules = new Schedules(config, 1, REFERENCE_BATCH);
    double[] expected = {0.04, 0.04, 0.07, 0.07};
    for (int epoch = 0; epoch < 4; epoch++) {
      assertEquals(expected[epoch], schedules.at(epoch).teacherPatchTemp());
    }
  }

  /** As the published code tabulates it: flat until patches are masked, then its warm-up. */
  @Test
  void theTemperatureForPatchesBeginsLater() {
    ScheduleConfig config =
        new ScheduleConfig(
            8,
            5e-4,
            1e-6,
            1,
            0.04,
            0.4,
            0.996,
            0.03,
            0.05,
            3,
            1,
            new ScheduleConfig.Patches(2, 0.04, 0.07));
    Schedules schedules = new Schedules(config, 1, REFERENCE_BATCH);
    double[] expected = {0.04, 0.04, 0.04, 0.055, 0.07, 0.07, 0.07, 0.07};
    double[] ofClasses = {0.03, 0.04, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05};
    for (int epoch = 0; epoch < 8; epoch++) {
      assertEquals(expected[epoch], schedules.at(epoch).teacherPatchTemp(), 1e-15);
      assertEquals(ofClasses[epoch], schedules.at(epoch).teacherTemp(), 1e-15);
    }
  }

  @Test
  void patchesNeedAnEpochAndTemperatures() {
    var e =
        assertThrows(IllegalArgumentException.class, () -> new ScheduleConfig.Patches(-1, 0, 0.07));
    assertEquals(
        "the first epoch that masks patches must not be negative, and teacher temperatures must be positive: startEpoch=-1, warmupTeacherTemp=0.0, teacherTemp=0.07",
        e.getMessage());
  }
}
