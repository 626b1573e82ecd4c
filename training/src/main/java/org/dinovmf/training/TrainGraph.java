package org.dinovmf.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dinovmf.graph.DropPath;
import org.dinovmf.graph.EncoderPass;
import org.dinovmf.graph.Tokens;
import org.dinovmf.graph.VisionTransformer;
import org.dinovmf.graph.WeightStore;
import org.dinovmf.graph.WeightStore.Variable;
import org.dinovmf.graph.Weights;
import org.dinovmf.ops.Fusion;
import org.dinovmf.ops.Kernels;
import org.dinovmf.training.method.Crops;
import org.dinovmf.training.method.Network;
import org.dinovmf.training.method.Objective;
import org.dinovmf.training.method.Pair;
import org.dinovmf.training.optimizer.AdamW;
import org.dinovmf.training.optimizer.AdamWConfig;
import org.dinovmf.training.schedule.Schedules;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
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

  /** Prefix of the sums over the micro-batches of a step. */
  public static final String ACCUMULATOR = "accumulator";

  /** Below student or teacher: the encoder. */
  public static final String BACKBONE = "backbone";

  /** Name of the head below either. */
  public static final String HEAD = "head";

  private static final int NUM_SCALARS = StepUpdates.OWN_SCALARS + 2 * AdamW.NUM_SCALARS;

  private final ModelConfig model;
  private final AdamWConfig optimizer;
  private final Kernels studentKernels;
  private final Kernels teacherKernels;
  private final WeightStore<T> store;

  private final Placeholder<TFloat64> scalars;
  private final Placeholder<TInt64> dropSeed;
  private final Objective<T> objective;
  private final Operand<T> kappa;
  private final Operand<T> teacherCls;
  private final StepUpdates<T> updates;

  /**
   * Builds the graph over the crops of a micro-batch.
   *
   * @param fusion explicit for float32 on a CPU only
   */
  public TrainGraph(
      Graph graph,
      Class<T> type,
      ModelConfig model,
      AdamWConfig optimizer,
      BatchConfig batch,
      long seed,
      Crops<T> crops,
      Fusion fusion) {
    Ops tf = Ops.create(graph);
    this.model = model;
    this.optimizer = optimizer;
    this.studentKernels = Kernels.training(model.precision(), fusion);
    this.teacherKernels = Kernels.inference(model.precision(), fusion);
    this.store = new WeightStore<>(tf, type, seed);

    scalars = tf.placeholder(TFloat64.class, Placeholder.shape(Shape.of(NUM_SCALARS)));
    dropSeed = tf.placeholder(TInt64.class, Placeholder.shape(Shape.of(2)));
    List<Operand<T>> scalar = scalars(tf, type);
    Operand<T> studentTemp = tf.dtypes.cast(tf.constant(model.method().studentTemp()), type);

    Network<T> teacher = teacher(tf.withSubScope(TEACHER), crops);
    Weights<T> ofStudent = store.under(STUDENT);
    Ops inStudent = tf.withSubScope(STUDENT);
    List<EncoderPass<T>> passes = passes(inStudent, ofStudent, crops);
    Network<T> student =
        network(inStudent, false, ofStudent, passes.stream().map(EncoderPass::tokens).toList());
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
    Operand<T> vectors = student.prototypes().vectors();
    Operand<T> squaredNorms = tf.reduceSum(tf.math.square(vectors), tf.constant(1)); // [prototypes]
    kappa = tf.math.div(tf.math.sqrt(squaredNorms), studentTemp);

    List<Variable<T>> trained = store.variables(STUDENT);
    List<Operand<T>> gradients =
        batch.checkpointsActivations()
            ? new RecomputedGradients<>(graph, STUDENT + "/" + BACKBONE, passes)
                .of(tf, loss(), trained)
            : gradients(graph, trained);
    AdamW<T> adamW = new AdamW<>(optimizer, store);
    updates = new StepUpdates<>(tf, store, adamW, batch, objective, scalar, trained, gradients);
  }

  private Network<T> teacher(Ops tf, Crops<T> crops) {
    Weights<T> weights = store.under(TEACHER, model.method().lastLayers()::startOfTeacher);
    VisionTransformer<T> encoder = encoder(teacherKernels, weights);
    return network(tf, true, weights, List.of(encoder.apply(tf, crops.global(), DropPath.none())));
  }

  /** The student's encoder over the global crops, and over the local ones where there are any. */
  private List<EncoderPass<T>> passes(Ops tf, Weights<T> weights, Crops<T> crops) {
    VisionTransformer<T> encoder = encoder(studentKernels, weights);
    List<EncoderPass<T>> passes = new ArrayList<>();
    passes.add(encoder.pass(tf, crops.global(), crops.mask(), dropPath(0)));
    crops
        .local()
        .ifPresent(local -> passes.add(encoder.pass(tf, local, Optional.empty(), dropPath(1))));
    return passes;
  }

  private VisionTransformer<T> encoder(Kernels kernels, Weights<T> weights) {
    return new VisionTransformer<>(model.encoder(), kernels, weights.below(BACKBONE));
  }

  private DropPath dropPath(int pass) {
    return DropPath.of(model.dropPath(), dropSeed, pass);
  }

  private Network<T> network(
      Ops tf, boolean isTeacher, Weights<T> weights, List<Tokens<T>> passes) {
    return new Network<>(
        tf,
        isTeacher ? teacherKernels : studentKernels,
        model.head(),
        model.method(),
        isTeacher,
        weights.below(HEAD),
        passes);
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
    System.arraycopy(trunk, 0, fed, StepUpdates.OWN_SCALARS, trunk.length);
    System.arraycopy(prototypes, 0, fed, StepUpdates.OWN_SCALARS + trunk.length, prototypes.length);
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
    return updates.gradientNorm();
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
    return updates.accumulate();
  }

  /** Forgets the micro-batches of a step that cannot be ended; present where steps have several. */
  public Optional<Op> discard() {
    return updates.discard();
  }

  /**
   * Ends the step: clips, updates the student, the centers and the teacher.
   *
   * @param trainsPrototypes false leaves the prototypes and their optimizer state alone
   */
  public Op update(boolean trainsPrototypes) {
    return updates.update(trainsPrototypes);
  }

  /** The variables. */
  public WeightStore<T> store() {
    return store;
  }

  /**
   * What a checkpoint must hold for the next step to be the same; accumulators are 0 between steps.
   */
  public List<Variable<T>> persistent() {
    return store.variables().stream().filter(v -> !StepUpdates.isAccumulator(v.name())).toList();
  }
}
