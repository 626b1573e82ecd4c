package org.dinovmf.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.dinovmf.graph.DropPath;
import org.dinovmf.graph.Initializer;
import org.dinovmf.graph.Tokens;
import org.dinovmf.graph.VisionTransformer;
import org.dinovmf.graph.WeightStore;
import org.dinovmf.graph.WeightStore.Variable;
import org.dinovmf.graph.Weights;
import org.dinovmf.ops.Kernels;
import org.dinovmf.ops.Nn;
import org.dinovmf.training.method.Crops;
import org.dinovmf.training.method.Network;
import org.dinovmf.training.method.Objective;
import org.dinovmf.training.method.Pair;
import org.dinovmf.training.method.RunningCenter;
import org.dinovmf.training.optimizer.AdamW;
import org.dinovmf.training.optimizer.AdamWConfig;
import org.dinovmf.training.schedule.Schedules;
import org.dinovmf.training.teacher.EmaUpdate;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TFloating;

/**
 * The graph of one training step: student and teacher, loss, gradients and updates. It builds; the
 * {@link Trainer} runs.
 *
 * <p>Without accumulation one run does everything. With it, each micro-batch runs {@link
 * #accumulate}, which adds its share of the gradients and of the centers' statistics, and one run
 * of {@link #update} ends the step, so that centers, student and teacher move once per optimizer
 * step.
 *
 * @param <T> {@code TFloat32} to train, {@code TFloat64} to compare with golden runs
 */
public final class TrainGraph<T extends TFloating> {

  /** Prefix of the student's weights. */
  public static final String STUDENT = "student";

  /** Prefix of the teacher's weights. */
  public static final String TEACHER = "teacher";

  /** Below student or teacher: the encoder. */
  public static final String BACKBONE = "backbone";

  private static final String ACCUMULATOR = "accumulator";

  /** Fed scalars: momentum and two temperatures, then AdamW's for the trunk and the prototypes. */
  private static final int OWN_SCALARS = 3;

  private static final int NUM_SCALARS = OWN_SCALARS + 2 * AdamW.NUM_SCALARS;

  private final ModelConfig model;
  private final AdamWConfig optimizer;
  private final BatchConfig batch;
  private final Kernels kernels;
  private final WeightStore<T> store;
  private final AdamW<T> adamW;

  private final Placeholder<TFloat64> scalars;
  private final Placeholder<TInt64> dropSeed;
  private final List<Operand<T>> scalar;
  private final Objective<T> objective;
  private final Operand<T> gradientNorm;
  private final Operand<T> kappa;
  private final Operand<T> teacherCls;
  private final Optional<Op> accumulate;
  private final Optional<Op> discard;
  private final Op update;
  private final Op updateFrozen;

  /** Builds the graph over the crops of a micro-batch. */
  public TrainGraph(
      Graph graph,
      Class<T> type,
      ModelConfig model,
      AdamWConfig optimizer,
      BatchConfig batch,
      long seed,
      Crops<T> crops) {
    Ops tf = Ops.create(graph);
    this.model = model;
    this.optimizer = optimizer;
    this.batch = batch;
    this.kernels = Kernels.training();
    this.store = new WeightStore<>(tf, type, seed);
    this.adamW = new AdamW<>(optimizer, store);

    scalars = tf.placeholder(TFloat64.class, Placeholder.shape(Shape.of(NUM_SCALARS)));
    dropSeed = tf.placeholder(TInt64.class, Placeholder.shape(Shape.of(2)));
    scalar = scalars(tf, type);
    Operand<T> studentTemp = tf.dtypes.cast(tf.constant(model.method().studentTemp()), type);

    Network<T> teacher = teacher(tf.withSubScope(TEACHER), crops);
    Network<T> student = student(tf.withSubScope(STUDENT), crops);
    objective =
        model
            .method()
            .objective(
                tf,
                new Pair<>(
                    student,
                    teacher,
                    new Pair.Temperatures<>(studentTemp, scalar.get(1), scalar.get(2)),
                    crops.mask(),
                    batch.batchSize(),
                    store));
    teacherCls = teacher.cls();
    Operand<T> squaredNorms =
        tf.reduceSum(tf.math.square(student.mixture().vectors()), tf.constant(1)); // [prototypes]
    kappa = tf.math.div(tf.math.sqrt(squaredNorms), studentTemp);

    List<Variable<T>> trained = store.variables(STUDENT);
    List<Operand<T>> gradients = gradients(graph, trained);
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
      gradients = trained.stream().map(v -> accumulator(v).value()).toList();
      statistics = centers.stream().map(v -> accumulator(v).value()).toList();
      discard = Optional.of(WeightStore.group(tf, cleared(tf)));
    }
    List<Operand<T>> norms = gradients.stream().map(g -> norm(tf, g)).toList();
    gradientNorm = norm(tf, tf.stack(norms));
    Step<T> step = new Step<>(trained, gradients, norms, statistics);
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

  private Network<T> teacher(Ops tf, Crops<T> crops) {
    Weights<T> weights = store.under(TEACHER, model.method().lastLayers()::startOfTeacher);
    VisionTransformer<T> encoder = encoder(weights);
    return network(tf, true, weights, List.of(encoder.apply(tf, crops.global(), DropPath.none())));
  }

  private Network<T> student(Ops tf, Crops<T> crops) {
    Weights<T> weights = store.under(STUDENT);
    VisionTransformer<T> encoder = encoder(weights);
    List<Tokens<T>> passes = new ArrayList<>();
    passes.add(encoder.apply(tf, crops.global(), crops.mask(), dropPath(0)));
    crops.local().ifPresent(local -> passes.add(encoder.apply(tf, local, dropPath(1))));
    return network(tf, false, weights, passes);
  }

  private VisionTransformer<T> encoder(Weights<T> weights) {
    return new VisionTransformer<>(model.encoder(), kernels, weights.below(BACKBONE));
  }

  private DropPath dropPath(int pass) {
    return DropPath.of(model.dropPath(), dropSeed, pass);
  }

  private Network<T> network(
      Ops tf, boolean isTeacher, Weights<T> weights, List<Tokens<T>> passes) {
    return new Network<>(
        tf, kernels, model.head(), model.method(), isTeacher, weights.below("head"), passes);
  }

  private List<Variable<T>> centers() {
    return objective.centers().stream().map(RunningCenter::state).toList();
  }

  private List<Operand<T>> gradients(Graph graph, List<Variable<T>> trained) {
    Output<?>[] values = trained.stream().map(v -> v.value().asOutput()).toArray(Output<?>[]::new);
    Output<?>[] found = graph.addGradients(loss().asOutput(), values);
    List<Operand<T>> gradients = new ArrayList<>();
    for (int i = 0; i < found.length; i++) {
      gradients.add(found[i].expect(trained.get(i).value().type()));
    }
    return gradients;
  }

  /** Adds this micro-batch's share of a step's means, if its loss is finite. */
  private List<Op> additions(Ops tf, List<Variable<T>> variables, List<Operand<T>> values) {
    Operand<T> share = Nn.scalar(tf, 1.0 / batch.accumulate(), loss());
    Ops checked = tf.withControlDependencies(check(tf, loss()));
    List<Op> additions = new ArrayList<>();
    for (int i = 0; i < variables.size(); i++) {
      Variable<T> sum = accumulator(variables.get(i));
      additions.add(checked.assignAddVariableOp(sum.handle(), tf.math.mul(values.get(i), share)));
    }
    return additions;
  }

  private Variable<T> accumulator(Variable<T> variable) {
    return store.variable(ACCUMULATOR, variable.name(), variable.shape(), Initializer.ZEROS);
  }

  /** Runs only if what this step is about to use is finite, or the run fails. */
  private Op finite(Ops tf) {
    return batch.accumulate() == 1
        ? WeightStore.group(tf, List.of(check(tf, loss()), check(tf, gradientNorm)))
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
    return store.variables(ACCUMULATOR).stream()
        .<Op>map(sum -> tf.assignVariableOp(sum.handle(), tf.zerosLike(sum.value())))
        .toList();
  }

  private static <T extends TFloating> Operand<T> norm(Ops tf, Operand<T> x) {
    int[] axes = IntStream.range(0, x.shape().numDimensions()).toArray();
    return tf.math.sqrt(
        tf.reduceSum(tf.math.square(x), tf.constant(axes), ReduceSum.keepDims(false)));
  }

  private List<Operand<T>> scalars(Ops tf, Class<T> type) {
    return tf.unstack(tf.dtypes.cast(scalars, type), (long) NUM_SCALARS).output().stream()
        .<Operand<T>>map(output -> output)
        .toList();
  }

  /**
   * What a step feeds to {@link #scalars()}.
   *
   * @param updates number of the trunk's updates with this one
   * @param prototypeUpdates number of the prototypes' updates with this one
   */
  public double[] feed(Schedules.Values values, long updates, long prototypeUpdates) {
    double rate = values.learningRate();
    double decay = values.weightDecay();
    double[] trunk = AdamW.scalars(optimizer, rate, decay, updates);
    double[] prototypes = AdamW.scalars(optimizer, rate, decay, Math.max(1, prototypeUpdates));
    double[] fed = new double[NUM_SCALARS];
    fed[0] = values.teacherMomentum();
    fed[1] = values.teacherTemp();
    fed[2] = values.teacherPatchTemp();
    System.arraycopy(trunk, 0, fed, OWN_SCALARS, trunk.length);
    System.arraycopy(prototypes, 0, fed, OWN_SCALARS + trunk.length, prototypes.length);
    return fed;
  }

  /** {@code [9]}: what {@link #feed} gives. */
  public Placeholder<TFloat64> scalars() {
    return scalars;
  }

  /** {@code [2]}: seed of stochastic depth, another one for every micro-batch. */
  public Placeholder<TInt64> dropSeed() {
    return dropSeed;
  }

  /** What the method makes of the micro-batch. */
  public Objective<T> objective() {
    return objective;
  }

  /** Scalar: what is minimized. */
  public Operand<T> loss() {
    return objective.loss();
  }

  /** Scalar: norm of all gradients together, before clipping. */
  public Operand<T> gradientNorm() {
    return gradientNorm;
  }

  /** {@code [prototypes]}: the student's concentrations, length over temperature. */
  public Operand<T> kappa() {
    return kappa;
  }

  /** {@code [2 * batch, dim]}: the teacher's class tokens of the global crops. */
  public Operand<T> teacherCls() {
    return teacherCls;
  }

  /** Adds a micro-batch to the step; present where steps have several. */
  public Optional<Op> accumulate() {
    return accumulate;
  }

  /** Forgets the micro-batches of a step that cannot be ended; present where steps have several. */
  public Optional<Op> discard() {
    return discard;
  }

  /**
   * Ends the step: clips, updates the student, the centers and the teacher.
   *
   * @param trainsPrototypes false leaves the prototypes and their optimizer state alone
   */
  public Op update(boolean trainsPrototypes) {
    return trainsPrototypes ? update : updateFrozen;
  }

  /** The variables. */
  public WeightStore<T> store() {
    return store;
  }

  /**
   * What a checkpoint must hold for the next step to be the same; accumulators are 0 between steps.
   */
  public List<Variable<T>> persistent() {
    return store.variables().stream().filter(v -> !v.name().startsWith(ACCUMULATOR + "/")).toList();
  }
}
