package org.dinovmf.training.schedule;

import java.util.ArrayList;
import java.util.List;

/**
 * Schedules of a run; the published code's arguments of the same names.
 *
 * @param epochs passes over the images
 * @param learningRate highest rate for a batch of 256 images; it is scaled with the batch
 * @param minLearningRate where the cosine would end, not scaled
 * @param warmupEpochs epochs in which the rate rises linearly from 0
 * @param weightDecay at the start
 * @param weightDecayEnd where the cosine would end
 * @param teacherMomentum at the start; it goes to 1 by a cosine
 * @param warmupTeacherTemp teacher temperature of the first epoch
 * @param teacherTemp teacher temperature after its warm-up
 * @param warmupTeacherTempEpochs epochs in which the temperature goes from one to the other
 * @param freezeLastLayerEpochs epochs in which the prototypes are not trained
 * @param patches of masked patches, where the method has them
 */
public record ScheduleConfig(
    int epochs,
    double learningRate,
    double minLearningRate,
    int warmupEpochs,
    double weightDecay,
    double weightDecayEnd,
    double teacherMomentum,
    double warmupTeacherTemp,
    double teacherTemp,
    int warmupTeacherTempEpochs,
    int freezeLastLayerEpochs,
    Patches patches) {

  /**
   * What concerns masked patches alone.
   *
   * @param startEpoch epochs in which none is masked
   * @param warmupTeacherTemp teacher temperature for patches up to the first epoch that masks some
   * @param teacherTemp teacher temperature for patches after its warm-up, which takes as many
   *     epochs as that for class tokens
   */
  public record Patches(int startEpoch, double warmupTeacherTemp, double teacherTemp) {

    public Patches {
      if (startEpoch < 0 || !(warmupTeacherTemp > 0) || !(teacherTemp > 0)) {
        throw new IllegalArgumentException(
            "the first epoch that masks patches must not be negative, and teacher temperatures must be positive: startEpoch=%d, warmupTeacherTemp=%s, teacherTemp=%s"
                .formatted(startEpoch, warmupTeacherTemp, teacherTemp));
      }
    }

    /** The defaults of iBOT's script. */
    public static Patches ibot() {
      return new Patches(0, 0.04, 0.07);
    }
  }

  public ScheduleConfig {
    List<String> faults = new ArrayList<>();
    check(faults, epochs >= 1, "epochs must be at least 1 but is " + epochs);
    check(
        faults,
        learningRate > 0 && minLearningRate >= 0,
        "learning rates must be positive: learningRate=%s, minLearningRate=%s"
            .formatted(learningRate, minLearningRate));
    check(
        faults,
        warmupEpochs >= 0 && warmupEpochs <= epochs,
        "warm-up epochs must be between 0 and the %d epochs but are %d"
            .formatted(epochs, warmupEpochs));
    check(
        faults,
        weightDecay >= 0 && weightDecayEnd >= 0,
        "weight decay must not be negative: %s to %s".formatted(weightDecay, weightDecayEnd));
    check(
        faults,
        teacherMomentum >= 0 && teacherMomentum <= 1,
        "teacher momentum must be in [0, 1] but is " + teacherMomentum);
    check(
        faults,
        warmupTeacherTemp > 0 && teacherTemp > 0,
        "teacher temperatures must be positive: %s to %s"
            .formatted(warmupTeacherTemp, teacherTemp));
    check(
        faults,
        warmupTeacherTempEpochs >= 0 && freezeLastLayerEpochs >= 0,
        "epochs must not be negative: warmupTeacherTempEpochs=%d, freezeLastLayerEpochs=%d"
            .formatted(warmupTeacherTempEpochs, freezeLastLayerEpochs));
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", faults));
    }
  }

  private static void check(List<String> faults, boolean holds, String fault) {
    if (!holds) {
      faults.add(fault);
    }
  }

  /** The published code's defaults. */
  public static ScheduleConfig dino() {
    return new ScheduleConfig(
        100, 5e-4, 1e-6, 10, 0.04, 0.4, 0.996, 0.04, 0.04, 0, 1, Patches.ibot());
  }
}
