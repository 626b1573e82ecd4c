package org.dinovmf.training.method;

import java.util.List;
import java.util.Optional;
import org.dinovmf.graph.WeightStore;
import org.dinovmf.graph.WeightStore.Variable;
import org.dinovmf.training.loss.Center;
import org.dinovmf.training.loss.SinkhornKnopp;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/**
 * How the teacher's posteriors become the distributions that the student is compared with, so that
 * no prototype takes everything.
 */
sealed interface TeacherTarget {

  /** Prefix of the names of what is remembered from step to step. */
  String STATE = "method";

  /**
   * What the teacher says of some rows.
   *
   * @param scores raw, {@code [rows, prototypes]}, of the rows that the student is compared on
   * @param everyRow the mean over every row that the teacher saw, which may be more
   * @param temperature scalar
   * @param logNormalizer {@code [prototypes]}, where the prototypes have one
   */
  record Answer<T extends TFloating>(
      Operand<T> scores,
      RowMean<T> everyRow,
      Operand<T> temperature,
      Optional<Operand<T>> logNormalizer) {}

  /** A mean over rows that need not all be scored at once. */
  @FunctionalInterface
  interface RowMean<T extends TFloating> {

    /**
     * The mean of a statistic.
     *
     * @param statistic mean over rows of raw scores {@code [rows, prototypes]}
     * @return {@code [1, prototypes]}
     */
    Operand<T> of(Ops tf, Statistic<T> statistic);
  }

  /** A mean over rows of scores, {@code [1, prototypes]}. */
  @FunctionalInterface
  interface Statistic<T extends TFloating> {
    Operand<T> of(Ops tf, Operand<T> scores);
  }

  /**
   * The result.
   *
   * @param distributions {@code [rows, prototypes]}, rows sum to 1; no gradient flows into them
   * @param centers what must be remembered
   */
  record Targets<T extends TFloating>(Operand<T> distributions, List<RunningCenter<T>> centers) {}

  /**
   * Adds the targets to the graph.
   *
   * @param name of what is remembered, below {@link #STATE}
   */
  <T extends TFloating> Targets<T> of(Ops tf, WeightStore<T> store, String name, Answer<T> answer);

  /** A running center is subtracted from the logits. */
  record Centered(Center center, double momentum) implements TeacherTarget {

    @Override
    public <T extends TFloating> Targets<T> of(
        Ops tf, WeightStore<T> store, String name, Answer<T> answer) {
      long prototypes = answer.scores().shape().get(1);
      Variable<T> state = store.variable(STATE, name, Shape.of(1, prototypes), center.start());
      Operand<T> distributions =
          center.targets(
              tf, state.value(), answer.scores(), answer.temperature(), answer.logNormalizer());
      Operand<T> statistic =
          answer
              .everyRow()
              .of(
                  tf,
                  (scope, scores) ->
                      center.statistic(
                          scope, scores, answer.temperature(), answer.logNormalizer()));
      return new Targets<>(
          distributions, List.of(new RunningCenter<>(state, statistic, center, momentum)));
    }
  }

  /**
   * The rows of a batch are balanced over the prototypes; nothing is remembered. The batch is what
   * the graph sees at once: with accumulation, each micro-batch by itself.
   */
  record Sinkhorn() implements TeacherTarget {

    @Override
    public <T extends TFloating> Targets<T> of(
        Ops tf, WeightStore<T> store, String name, Answer<T> answer) {
      Operand<T> logits =
          Center.logits(tf, answer.scores(), answer.temperature(), answer.logNormalizer());
      return new Targets<>(SinkhornKnopp.targets(tf, logits), List.of());
    }
  }
}
