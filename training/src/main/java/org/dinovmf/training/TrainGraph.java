package org.dinovmf.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.dinovmf.graph.DropPath;
import org.dinovmf.graph.Initializer;
import org.dinovmf.graph.ProjectionHead;
import org.dinovmf.graph.Prototypes;
import org.dinovmf.graph.VisionTransformer;
import org.dinovmf.graph.WeightStore;
import org.dinovmf.graph.WeightStore.Variable;
import org.dinovmf.graph.Weights;
import org.dinovmf.ops.Kernels;
import org.dinovmf.ops.Nn;
import org.dinovmf.training.loss.Center;
import org.dinovmf.training.loss.ClsLoss;
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
 * #accumulate}, which adds its share of the gradients and of the center's statistic, and one run of
 * {@link #update} ends the step, so that center, student and teacher move once per optimizer step.
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

  /** Name of the center's variable. */
  public static final String CENTER = "method/center";

  private static final String ACCUMULATOR = "accumulator";
  private static final String PROTOTYPES = "/head/prototypes/";

  /** Fed scalars: momentum, teacher temperature, then AdamW's for the trunk and the prototypes. */
  private static final int NUM_SCALARS = 2 + 2 * AdamW.NUM_SCALARS;

  private final ModelConfig model;
  private final AdamWConfig optimizer;
  private final BatchConfig batch;
  private final Kernels kernels;
  private final WeightStore<T> store;
  private final AdamW<T> adamW;

  private final Placeholder<TFloat64> scalars;
  private final Placeholder<TInt64> dropSeed;
  private final List<Operand<T>> scalar;
  private final Operand<T> loss;
  private final Operand<T> targetEntropy;
  private final Operand<T> gradientNorm;
  private final Operand<T> kappa;
  private final Operand<T> teacherCls;
  private final Optional<Op> accumulate;
  private final Optional<Op> discard;
  private final Op update;
  private final Op updateFrozen;

  /**
   * Builds the graph.
   *
   * @param globalCrops {@code [2 * batch, height, width, channels]}, crop-major, normalized
   * @param localCrops {@code [local crops * batch, height, width, channels]}, where there are any
   */
  public TrainGraph(
      Graph graph,
      Class<T> type,
      ModelConfig model,
      AdamWConfig optimizer,
      BatchConfig batch,
      long seed,
      Operand<T> globalCrops,
      Optional<Operand<T>> localCrops) {
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
    Operand<T> teacherTemp = scalar.get(1);
    Operand<T> studentTemp = tf.dtypes.cast(tf.constant(model.method().studentTemp()), type);

    Forward<T> teacher =
        forward(tf.withSubScope(TEACHER), TEACHER, List.of(globalCrops), teacherTemp, false);
    List<Operand<T>> crops = new ArrayList<>(List.of(globalCrops));
    localCrops.ifPresent(crops::add);
    Forward<T> student = forward(tf.withSubScope(STUDENT), STUDENT, crops, studentTemp, true);

    Center center = model.method().center();
    Variable<T> centerState = centerVariable(center);
    Operand<T> targets =
        center.targets(
            tf, centerState.value(), teacher.scores(), teacherTemp, teacher.logNormalizer());
    Operand<T> statistic =
        center.statistic(tf, teacher.scores(), teacherTemp, teacher.logNormalizer());
    loss =
        ClsLoss.of(
            tf, targets, student.scores(), studentTemp, student.logNormalizer(), batch.batchSize());
    targetEntropy = tf.math.mean(Center.entropy(tf, targets), tf.constant(0));
    teacherCls = teacher.cls();
    Operand<T> squaredNorms =
        tf.reduceSum(tf.math.square(student.vectors()), tf.constant(1)); // [prototypes]
    kappa = tf.math.div(tf.math.sqrt(squaredNorms), studentTemp);

    List<Variable<T>> trained = store.variables(STUDENT);
    List<Operand<T>> gradients = gradients(graph, trained);
    if (batch.accumulate() == 1) {
      accumulate = Optional.empty();
      discard = Optional.empty();
    } else {
      accumulate = Optional.of(accumulation(tf, trained, gradients, statistic));
      gradients = trained.stream().map(v -> accumulator(v.name(), v.shape()).value()).toList();
      statistic = accumulator(CENTER, centerState.shape()).value();
      discard = Optional.of(WeightStore.group(tf, cleared(tf)));
    }
    List<Operand<T>> norms = gradients.stream().map(g -> norm(tf, g)).toList();
    gradientNorm = norm(tf, tf.stack(norms));
    Step<T> step = new Step<>(trained, gradients, norms, statistic);
    Ops checked = tf.withControlDependencies(finite(tf));
    update = update(checked, step, true);
    updateFrozen = update(checked, step, false);
  }

  /** One network's pass: raw scores, the normalizer where there is one, and class tokens. */
  private record Forward<T extends TFloating>(
      Operand<T> scores, Optional<Operand<T>> logNormalizer, Operand<T> vectors, Operand<T> cls) {}

  /** What an update needs. */
  private record Step<T extends TFloating>(
      List<Variable<T>> trained,
      List<Operand<T>> gradients,
      List<Operand<T>> norms,
      Operand<T> statistic) {}

  private Forward<T> forward(
      Ops tf, String prefix, List<Operand<T>> crops, Operand<T> temperature, boolean drops) {
    Weights<T> weights = store.under(prefix);
    var encoder = new VisionTransformer<>(model.encoder(), kernels, weights.below(BACKBONE));
    List<Operand<T>> cls = new ArrayList<>();
    for (int pass = 0; pass < crops.size(); pass++) {
      DropPath dropPath = drops ? DropPath.of(model.dropPath(), dropSeed, pass) : DropPath.none();
      cls.add(encoder.apply(tf, crops.get(pass), dropPath).cls());
    }
    Operand<T> all = cls.size() == 1 ? cls.get(0) : tf.concat(cls, tf.constant(0));
    Weights<T> headWeights = weights.below("head");
    Operand<T> y = new ProjectionHead<>(model.head(), kernels, headWeights).apply(tf, all);
    Prototypes prototypes = model.method().prototypes().prototypes();
    Operand<T> vectors = prototypes.vectors(tf, headWeights, model.head());
    return new Forward<>(
        Prototypes.scores(tf, y, vectors),
        prototypes.logNormalizer(tf, kernels, vectors, temperature),
        vectors,
        all);
  }

  private Variable<T> centerVariable(Center center) {
    int split = CENTER.indexOf('/');
    return store.variable(
        CENTER.substring(0, split),
        CENTER.substring(split + 1),
        Shape.of(1, model.head().numPrototypes()),
        center.start());
  }

  private List<Operand<T>> gradients(Graph graph, List<Variable<T>> trained) {
    Output<?>[] values = trained.stream().map(v -> v.value().asOutput()).toArray(Output<?>[]::new);
    Output<?>[] found = graph.addGradients(loss.asOutput(), values);
    List<Operand<T>> gradients = new ArrayList<>();
    for (int i = 0; i < found.length; i++) {
      gradients.add(found[i].expect(trained.get(i).value().type()));
    }
    return gradients;
  }

  private Op accumulation(
      Ops tf, List<Variable<T>> trained, List<Operand<T>> gradients, Operand<T> statistic) {
    Operand<T> share = Nn.scalar(tf, 1.0 / batch.accumulate(), loss);
    Ops checked = tf.withControlDependencies(check(tf, loss));
    List<Op> additions = new ArrayList<>();
    for (int i = 0; i < trained.size(); i++) {
      Variable<T> sum = accumulator(trained.get(i).name(), trained.get(i).shape());
      additions.add(
          checked.assignAddVariableOp(sum.handle(), tf.math.mul(gradients.get(i), share)));
    }
    Variable<T> sum = accumulator(CENTER, Shape.of(1, model.head().numPrototypes()));
    additions.add(checked.assignAddVariableOp(sum.handle(), tf.math.mul(statistic, share)));
    return WeightStore.group(tf, additions);
  }

  private Variable<T> accumulator(String name, Shape shape) {
    return store.variable(ACCUMULATOR, name, shape, Initializer.ZEROS);
  }

  /** Runs only if what this step is about to use is finite, or the run fails. */
  private Op finite(Ops tf) {
    return batch.accumulate() == 1
        ? WeightStore.group(tf, List.of(check(tf, loss), check(tf, gradientNorm)))
        : check(tf, gradientNorm);
  }

  private Op check(Ops tf, Operand<T> value) {
    return tf.assertThat(tf.math.isFinite(value), List.of(value));
  }

  /** Center, student, then teacher; the prototypes of the student only where they are trained. */
  private Op update(Ops tf, Step<T> step, boolean trainsPrototypes) {
    List<Op> updates = new ArrayList<>();
    for (int i = 0; i < step.trained().size(); i++) {
      Variable<T> variable = step.trained().get(i);
      boolean isPrototype = variable.name().contains(PROTOTYPES);
      if (isPrototype && !trainsPrototypes) {
        continue;
      }
      int first = 2 + (isPrototype ? AdamW.NUM_SCALARS : 0);
      Operand<T> clipped = adamW.clip(tf, step.gradients().get(i), step.norms().get(i));
      updates.add(
          adamW.update(tf, variable, scalar.subList(first, first + AdamW.NUM_SCALARS), clipped));
    }
    Center center = model.method().center();
    Variable<T> state = centerVariable(center);
    Operand<T> next =
        center.next(tf, state.value(), step.statistic(), model.method().centerMomentum());
    updates.add(tf.assignVariableOp(state.handle(), next));

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
    System.arraycopy(trunk, 0, fed, 2, trunk.length);
    System.arraycopy(prototypes, 0, fed, 2 + trunk.length, prototypes.length);
    return fed;
  }

  /** {@code [8]}: what {@link #feed} gives. */
  public Placeholder<TFloat64> scalars() {
    return scalars;
  }

  /** {@code [2]}: seed of stochastic depth, another one for every micro-batch. */
  public Placeholder<TInt64> dropSeed() {
    return dropSeed;
  }

  /** Scalar, nats; of the micro-batch. */
  public Operand<T> loss() {
    return loss;
  }

  /** Scalar: mean entropy of the teacher's distributions, nats. */
  public Operand<T> targetEntropy() {
    return targetEntropy;
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
   * Ends the step: clips, updates the student, the center and the teacher.
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
