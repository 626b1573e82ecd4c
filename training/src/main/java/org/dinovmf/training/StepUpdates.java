package org.dinovmf.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.dinovmf.graph.Initializer;
import org.dinovmf.graph.WeightStore;
import org.dinovmf.graph.WeightStore.Variable;
import org.dinovmf.ops.Nn;
import org.dinovmf.training.method.Network;
import org.dinovmf.training.method.Objective;
import org.dinovmf.training.method.RunningCenter;
import org.dinovmf.training.optimizer.AdamW;
import org.dinovmf.training.teacher.EmaUpdate;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.types.family.TFloating;

/**
 * How an optimizer step ends: micro-batches are added up, then student, centers and teacher move.
 *
 * @param <T> element type
 */
final class StepUpdates<T extends TFloating> {

  /** Fed before those of AdamW: momentum of the teacher and its two temperatures. */
  static final int OWN_SCALARS = 3;

  private static final String TEACHER = TrainGraph.TEACHER;
  private static final String STUDENT = TrainGraph.STUDENT;

  private final WeightStore<T> store;
  private final AdamW<T> adamW;
  private final BatchConfig batch;
  private final Objective<T> objective;
  private final List<Operand<T>> scalar;
  private final Operand<T> gradientNorm;
  private final Optional<Op> accumulate;
  private final Optional<Op> discard;
  private final Op update;
  private final Op updateFrozen;

  /**
   * Adds the updates to the graph.
   *
   * @param scalars momentum and two temperatures, then AdamW's for the trunk and the prototypes
   * @param gradients of the micro-batch, one for each of {@code trained}
   */
  StepUpdates(
      Ops tf,
      WeightStore<T> store,
      AdamW<T> adamW,
      BatchConfig batch,
      Objective<T> objective,
      List<Operand<T>> scalars,
      List<Variable<T>> trained,
      List<Operand<T>> gradients) {
    this.store = store;
    this.adamW = adamW;
    this.batch = batch;
    this.objective = objective;
    this.scalar = scalars;
    List<Operand<T>> ofStep = gradients;
    List<Operand<T>> statistics =
        objective.centers().stream().map(RunningCenter::statistic).toList();
    if (batch.accumulate() == 1) {
      accumulate = Optional.empty();
      discard = Optional.empty();
    } else {
      List<Variable<T>> centers = centers();
      List<Op> additions = new ArrayList<>(additions(tf, trained, gradients));
      additions.addAll(additions(tf, centers, statistics));
      accumulate = Optional.of(WeightStore.group(tf, additions));
      ofStep = trained.stream().map(v -> accumulator(v).value()).toList();
      statistics = centers.stream().map(v -> accumulator(v).value()).toList();
      discard = Optional.of(WeightStore.group(tf, cleared(tf)));
    }
    List<Operand<T>> norms = ofStep.stream().map(g -> norm(tf, g)).toList();
    gradientNorm = norm(tf, tf.stack(norms));
    Step<T> step = new Step<>(trained, ofStep, norms, statistics);
    Ops checked = tf.withControlDependencies(finite(tf));
    update = update(checked, step, true);
    updateFrozen = update(checked, step, false);
  }

  /** What an update needs; a statistic for each center. */
  private record Step<T extends TFloating>(
      List<Variable<T>> trained,
      List<Operand<T>> gradients,
      List<Operand<T>> norms,
      List<Operand<T>> statistics) {}

  private List<Variable<T>> centers() {
    return objective.centers().stream().map(RunningCenter::state).toList();
  }

  /** Adds this micro-batch's share of a step's means, if its loss is finite. */
  private List<Op> additions(Ops tf, List<Variable<T>> variables, List<Operand<T>> values) {
    Operand<T> share = Nn.scalar(tf, 1.0 / batch.accumulate(), objective.loss());
    Ops checked = tf.withControlDependencies(check(tf, objective.loss()));
    List<Op> additions = new ArrayList<>();
    for (int i = 0; i < variables.size(); i++) {
      Variable<T> sum = accumulator(variables.get(i));
      additions.add(checked.assignAddVariableOp(sum.handle(), tf.math.mul(values.get(i), share)));
    }
    return additions;
  }

  private Variable<T> accumulator(Variable<T> variable) {
    return store.variable(
        TrainGraph.ACCUMULATOR, variable.name(), variable.shape(), Initializer.ZEROS);
  }

  /** Runs only if what this step is about to use is finite, or the run fails. */
  private Op finite(Ops tf) {
    return batch.accumulate() == 1
        ? WeightStore.group(tf, List.of(check(tf, objective.loss()), check(tf, gradientNorm)))
        : check(tf, gradientNorm);
  }

  private Op check(Ops tf, Operand<T> value) {
    return tf.assertThat(tf.math.isFinite(value), List.of(value));
  }

  /** Centers, student, then teacher; the prototypes of the student only where they are trained. */
  private Op update(Ops tf, Step<T> step, boolean trainsPrototypes) {
    List<Op> updates = new ArrayList<>();
    for (int i = 0; i < step.trained().size(); i++) {
      Variable<T> variable = step.trained().get(i);
      boolean isPrototype = Network.isLastLayer(variable.name());
      if (isPrototype && !trainsPrototypes) {
        continue;
      }
      int first = OWN_SCALARS + (isPrototype ? AdamW.NUM_SCALARS : 0);
      Operand<T> clipped = adamW.clip(tf, step.gradients().get(i), step.norms().get(i));
      updates.add(
          adamW.update(tf, variable, scalar.subList(first, first + AdamW.NUM_SCALARS), clipped));
    }
    for (int i = 0; i < objective.centers().size(); i++) {
      RunningCenter<T> center = objective.centers().get(i);
      Operand<T> next = center.next(tf, step.statistics().get(i));
      updates.add(tf.assignVariableOp(center.state().handle(), next));
    }

    Ops after = tf.withControlDependencies(List.copyOf(updates));
    List<Op> last = new ArrayList<>(updates);
    for (Variable<T> teacher : store.variables(TEACHER)) {
      String name = teacher.name().substring(TEACHER.length());
      last.add(EmaUpdate.of(after, teacher, store.variable(STUDENT + name), scalar.get(0)));
    }
    last.addAll(cleared(after));
    return WeightStore.group(tf, last);
  }

  private List<Op> cleared(Ops tf) {
    return store.variables(TrainGraph.ACCUMULATOR).stream()
        .<Op>map(sum -> tf.assignVariableOp(sum.handle(), tf.zerosLike(sum.value())))
        .toList();
  }

  private static <T extends TFloating> Operand<T> norm(Ops tf, Operand<T> x) {
    int[] axes = IntStream.range(0, x.shape().numDimensions()).toArray();
    return tf.math.sqrt(
        tf.reduceSum(tf.math.square(x), tf.constant(axes), ReduceSum.keepDims(false)));
  }

  /** Whether a variable is 0 between steps. */
  static boolean isAccumulator(String name) {
    return name.startsWith(TrainGraph.ACCUMULATOR + "/");
  }

  /** Scalar: norm of all gradients together, before clipping. */
  Operand<T> gradientNorm() {
    return gradientNorm;
  }

  Optional<Op> accumulate() {
    return accumulate;
  }

  Optional<Op> discard() {
    return discard;
  }

  Op update(boolean trainsPrototypes) {
    return trainsPrototypes ? update : updateFrozen;
  }
}
