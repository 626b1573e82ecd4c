package org.dinovmf.training.method;

import java.util.List;
import java.util.Map;
import org.dinovmf.training.data.MultiCropConfig;
import org.dinovmf.training.loss.Center;
import org.dinovmf.training.loss.ClsLoss;
import org.dinovmf.training.loss.TemperedMixture;
import org.dinovmf.training.method.TeacherTarget.Answer;
import org.dinovmf.training.method.TeacherTarget.Targets;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/** The cross-entropy over the class tokens of different crops, which every method has. */
final class ClsTerm {

  private static final String CENTER = "center";

  private ClsTerm() {}

  /**
   * The term in the graph.
   *
   * @param value nats
   * @param entropy mean over the targets, nats
   * @param health by {@link HealthMeasures}
   */
  record Built<T extends TFloating>(
      Operand<T> value,
      Operand<T> entropy,
      Map<String, Operand<T>> health,
      List<RunningCenter<T>> centers) {}

  static <T extends TFloating> Built<T> build(Ops tf, Pair<T> pair, TeacherTarget target) {
    PrototypeSet<T> teacher = pair.teacher().prototypes();
    Operand<T> teacherTemp = pair.temperatures().teacher();
    Operand<T> said = teacher.scores(tf, pair.teacher().embeddings());
    Answer<T> answer =
        new Answer<>(
            said,
            (scope, statistic) -> statistic.of(scope, said),
            teacherTemp,
            teacher.logNormalizer(tf, teacherTemp));
    Targets<T> targets = target.of(tf, pair.store(), CENTER, answer);
    PrototypeSet<T> student = pair.student().prototypes();
    Operand<T> studentTemp = pair.temperatures().student();
    Operand<T> y = pair.student().embeddings();
    TemperedMixture<T> scores = student.at(tf, studentTemp);
    Operand<T> value = ClsLoss.of(tf, targets.distributions(), scores, y, pair.batch());
    Operand<T> entropy = tf.math.mean(Center.entropy(tf, targets.distributions()), tf.constant(0));
    Operand<T> ofGlobals =
        tf.slice(y, tf.array(0, 0), tf.array(MultiCropConfig.GLOBAL_CROPS * pair.batch(), -1));
    Map<String, Operand<T>> health =
        HealthMeasures.of(
            tf,
            Center.logits(tf, said, teacherTemp, answer.logNormalizer()),
            targets.distributions(),
            Center.logits(tf, student.scores(tf, ofGlobals), studentTemp, scores.logNormalizer()),
            pair.teacher().embeddings(),
            pair.batch());
    return new Built<>(value, entropy, health, targets.centers());
  }
}
