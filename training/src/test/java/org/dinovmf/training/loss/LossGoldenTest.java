package org.dinovmf.training.loss;

import static org.dinovmf.ops.Tensors.assertClose;
import static org.dinovmf.ops.Tensors.doubles;

import java.util.List;
import java.util.Optional;
import org.dinovmf.graph.Prototypes;
import org.dinovmf.ops.Golden;
import org.dinovmf.ops.Kernels;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;

/** Targets, loss, gradients and center of three steps against an independent PyTorch model. */
class LossGoldenTest {

  private static final double TOLERANCE = 1e-11;

  @ParameterizedTest
  @CsvSource({
    "dot, LOGIT, logit",
    "dot, PROBABILITY, probability",
    "dot, LOG_PROBABILITY, log_probability",
    "vmf, LOGIT, logit",
    "vmf, PROBABILITY, probability",
    "vmf, LOG_PROBABILITY, log_probability"
  })
  void matchesPyTorch(String score, Center center, String label) {
    Golden golden = Golden.reference(LossGoldenTest.class, "loss-%s-%s".formatted(score, label));
    Prototypes prototypes = score.equals("vmf") ? new Prototypes.Vmf() : new Prototypes.Free();
    for (int step = 0; step < 3; step++) {
      check(golden, "step" + step + ".", prototypes, center);
    }
  }

  private static void check(Golden golden, String step, Prototypes prototypes, Center center) {
    int batch = golden.metadata("batch").asInt();
    double momentum = golden.metadata("center_momentum").asDouble();
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat64> studentTemp =
          tf.constant(golden.metadata("student_temperature").asDouble());
      Operand<TFloat64> teacherTemp =
          tf.constant(golden.metadata("teacher_temperature").asDouble());
      Operand<TFloat64> studentVectors = constant(tf, golden, "student_prototypes");
      Operand<TFloat64> teacherVectors = constant(tf, golden, "teacher_prototypes");
      Operand<TFloat64> y = constant(tf, golden, step + "student_bottleneck");
      Operand<TFloat64> teacherScores =
          Prototypes.scores(tf, constant(tf, golden, step + "teacher_bottleneck"), teacherVectors);
      Optional<Operand<TFloat64>> teacherNormalizer =
          prototypes.logNormalizer(tf, Kernels.plain(), teacherVectors, teacherTemp);
      Operand<TFloat64> before = constant(tf, golden, step + "center_before");
      Operand<TFloat64> targets =
          center.targets(tf, before, teacherScores, teacherTemp, teacherNormalizer);
      Operand<TFloat64> statistic =
          center.statistic(tf, teacherScores, teacherTemp, teacherNormalizer);
      Operand<TFloat64> loss =
          ClsLoss.of(
              tf,
              targets,
              new TemperedMixture<>(
                  Kernels.training(),
                  studentVectors,
                  studentTemp,
                  prototypes.logNormalizer(tf, Kernels.training(), studentVectors, studentTemp)),
              y,
              batch);
      Output<?>[] gradients =
          graph.addGradients(
              loss.asOutput(), new Output<?>[] {y.asOutput(), studentVectors.asOutput()});
      Operand<TFloat64> entropy = tf.math.mean(Center.entropy(tf, targets), tf.constant(0));
      Operand<TFloat64> after = center.next(tf, before, statistic, momentum);
      try (Session session = new Session(graph);
          Result result =
              session
                  .runner()
                  .fetch(targets)
                  .fetch(loss)
                  .fetch(entropy)
                  .fetch(gradients[0])
                  .fetch(gradients[1])
                  .fetch(after)
                  .run()) {
        List<String> names =
            List.of(
                "targets",
                "loss",
                "target_entropy",
                "grad_student_bottleneck",
                "grad_student_prototypes",
                "center_after");
        for (int i = 0; i < names.size(); i++) {
          String name = step + names.get(i);
          assertClose(name, golden.values(name), doubles(result.get(i)), TOLERANCE);
        }
      }
    }
  }

  private static Operand<TFloat64> constant(Ops tf, Golden golden, String name) {
    return golden.constant(tf, name, TFloat64.class);
  }
}
