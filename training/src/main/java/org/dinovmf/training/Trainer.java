package org.dinovmf.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.dinovmf.graph.preprocessing.Channels;
import org.dinovmf.training.checkpoint.Checkpoint;
import org.dinovmf.training.checkpoint.Checkpoints;
import org.dinovmf.training.checkpoint.TrainState;
import org.dinovmf.training.data.BadImages;
import org.dinovmf.training.data.Batch;
import org.dinovmf.training.data.BatchLoader;
import org.dinovmf.training.data.BatchPosition;
import org.dinovmf.training.data.ImageDecoder;
import org.dinovmf.training.data.ImageFile;
import org.dinovmf.training.data.ImageIndex;
import org.dinovmf.training.data.LoaderConfig;
import org.dinovmf.training.data.ScanLimits;
import org.dinovmf.training.schedule.Schedules;
import org.tensorflow.Result;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;

/**
 * The training loop: owns the {@link StepEngine} and the decoder of a run. Not thread safe.
 *
 * <p>Between {@link #open} and {@link #train} the weights are those of the start or of the
 * checkpoint, so a caller can look at them first.
 */
public final class Trainer implements AutoCloseable {

  /** How a call of {@link #train} ended. */
  public enum Outcome {
    /** All epochs are done. */
    FINISHED,
    /** Asked to stop, or out of time; saved, to be resumed. */
    STOPPED
  }

  private static final String BAD_IMAGES_FILE = "bad_images.jsonl";

  private final TrainConfig config;
  private final RunOptions options;
  private final ImageIndex images;
  private final Path run;
  private final LoaderConfig loading;
  private final Schedules schedules;
  private final Checkpoints checkpoints;

  private final ImageDecoder decoder;
  private final StepEngine engine;
  private final TrainSession<TFloat32> session;
  private TrainState state;
  private ReportWindow window = ReportWindow.empty();

  private Trainer(
      TrainConfig config, RunOptions options, ImageIndex images, Path run, ConfigProto device) {
    this.config = config;
    this.options = options;
    this.images = images;
    this.run = run;
    this.loading =
        LoaderConfig.of(config.batch().batchSize(), config.seed(), options.threads())
            .withBatchesPerStep(config.batch().accumulate())
            .withMasks(config.masks());
    long stepsPerEpoch = BatchLoader.batchesPerEpoch(images, loading) / config.batch().accumulate();
    this.schedules = new Schedules(config.schedule(), stepsPerEpoch, config.batch().total());
    this.checkpoints = new Checkpoints(run, options.keepCheckpoints());
    this.state = TrainState.start(stepsPerEpoch);

    this.decoder =
        new ImageDecoder(
            ScanLimits.standard(),
            Channels.of(config.model().encoder().inChannels()),
            options.decoding(),
            options.threads());
    this.engine = new StepEngine(config, device);
    this.session = engine.session();
  }

  /**
   * Builds the graph and gives the weights their start, or those of the newest whole checkpoint.
   *
   * @param run folder of the run; its {@code run.json} is the caller's
   * @param resume whether to go on from the newest checkpoint, if there is one
   * @param device of the session, see {@link Devices}
   * @param warnings gets one line for each damaged checkpoint that was passed over
   */
  public static Trainer open(
      TrainConfig config,
      RunOptions options,
      ImageIndex images,
      Path run,
      boolean resume,
      ConfigProto device,
      Consumer<String> warnings)
      throws IOException {
    Files.createDirectories(run);
    Trainer trainer = new Trainer(config, options, images, run, device);
    try {
      trainer.session.initialize();
      if (resume) {
        Optional<Checkpoint> newest = trainer.checkpoints.latestValid(warnings);
        if (newest.isPresent()) {
          trainer.session.restore(newest.get().prefix());
          trainer.state = newest.get().state();
          trainer.window = ReportWindow.read(newest.get().directory());
        }
      }
      return trainer;
    } catch (IOException | RuntimeException e) {
      trainer.close();
      throw e;
    }
  }

  /** What has been done so far. */
  public TrainState state() {
    return state;
  }

  /** Steps of the whole run. */
  public long totalSteps() {
    return schedules.totalSteps();
  }

  /**
   * Features of the present teacher.
   *
   * @return {@code [image][dim]}; an empty row where an image cannot be read
   */
  public float[][] features(List<ImageFile> files) {
    return engine.features().of(session, decoder, files, options.threads());
  }

  /**
   * Features of the present teacher, of pixels that were prepared elsewhere.
   *
   * @param prepared {@code [count, crop, crop, channels]} in 0..1
   * @return {@code [count, dim]}
   */
  public float[] features(float[] prepared, int count) {
    return engine.features().encode(session, prepared, count);
  }

  /**
   * Takes the start of some weights from a checkpoint of another run, and saves, so that a run that
   * is stopped in its first epoch has them when it is resumed.
   *
   * @param prefix of TensorFlow's files
   * @param names of variables that are in the checkpoint; those that this run lacks are passed over
   */
  public Checkpoint startFrom(Path prefix, Set<String> names) throws IOException {
    session.restore(
        prefix,
        engine.trainGraph().persistent().stream().filter(v -> names.contains(v.name())).toList());
    return save();
  }

  /** Saves the present state. */
  public Checkpoint save() throws IOException {
    return checkpoints.save(
        state,
        prefix -> {
          session.save(prefix);
          window.write(prefix.getParent());
        });
  }

  /**
   * Trains until the end, or until asked to stop or out of time; saves in either case.
   *
   * @param stop asked after every step
   */
  public Outcome train(TrainListener listener, BooleanSupplier stop)
      throws IOException, InterruptedException {
    long begin = System.nanoTime();
    listener.started(state.step(), totalSteps(), schedules.stepsPerEpoch());
    BadImages badImages =
        BadImages.recordedIn(run.resolve(BAD_IMAGES_FILE), images, options.badImages());
    try (BatchLoader loader =
        new BatchLoader(images, decoder, config.crops(), loading, badImages, position())) {
      long waitBefore = loader.waitNanos();
      boolean isFirst = true;
      while (state.step() < totalSteps()) {
        long stepBegin = System.nanoTime();
        Schedules.Values values = schedules.at(state.step());
        List<Batch> batches = take(loader);
        if (isFirst) {
          listener.firstBatch(batches.get(0));
          isFirst = false;
        }
        StepResult result = engine.step(state, values, batches);
        long nanos = System.nanoTime() - stepBegin;
        state = state.next(values.trainsPrototypes(), nanos / 1_000_000);
        long waitNanos = loader.waitNanos() - waitBefore;
        waitBefore += waitNanos;
        window = window.with(result, nanos, waitNanos);
        listener.stepped(state.step(), totalSteps(), nanos / 1e9, waitNanos / 1e9);
        boolean isLast = state.step() == totalSteps();
        if (isLast || state.step() % options.logSteps() == 0) {
          listener.reported(report(values, badImages.count()));
          window = ReportWindow.empty();
        }
        if (isEpochEnd()) {
          long epoch = state.step() / schedules.stepsPerEpoch();
          if (isLast || epoch % options.checkpointEpochs() == 0) {
            listener.saved(save());
          }
          listener.epochEnded(epoch, state.step());
        }
        if (!isLast && (stop.getAsBoolean() || isOutOfTime(begin))) {
          listener.saved(save());
          return Outcome.STOPPED;
        }
      }
      return Outcome.FINISHED;
    }
  }

  private BatchPosition position() {
    long stepInEpoch = state.step() % schedules.stepsPerEpoch();
    return new BatchPosition(
        state.step() / schedules.stepsPerEpoch(),
        Math.toIntExact(stepInEpoch * config.batch().accumulate()));
  }

  private List<Batch> take(BatchLoader loader) throws InterruptedException {
    List<Batch> batches = new ArrayList<>();
    for (int i = 0; i < config.batch().accumulate(); i++) {
      batches.add(loader.next());
    }
    return batches;
  }

  private boolean isEpochEnd() {
    return state.step() % schedules.stepsPerEpoch() == 0;
  }

  private double epoch() {
    return (double) state.step() / schedules.stepsPerEpoch();
  }

  private boolean isOutOfTime(long begin) {
    Duration spent = Duration.ofNanos(System.nanoTime() - begin);
    return options.maxTime().isPresent() && spent.compareTo(options.maxTime().get()) >= 0;
  }

  private float[] kappa() {
    try (Result result = session.run(Map.of(), List.of(engine.trainGraph().kappa()))) {
      TFloat32 tensor = (TFloat32) result.get(0);
      float[] values = new float[(int) tensor.size()];
      tensor.copyTo(DataBuffers.of(values, false, false));
      return values;
    }
  }

  private TrainListener.Report report(Schedules.Values values, int badImages) {
    return new TrainListener.Report(
        state.step(),
        totalSteps(),
        epoch(),
        window.mean(),
        values,
        kappa(),
        window.stepsPerSecond() * config.batch().total(),
        window.waitShare(),
        badImages);
  }

  @Override
  public void close() {
    engine.close();
    decoder.close();
  }
}
