package org.dinovmf.tools;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.dinovmf.tools.bench.DryRun;
import org.dinovmf.tools.config.ConfigException;
import org.dinovmf.tools.config.Network;
import org.dinovmf.tools.config.Request;
import org.dinovmf.tools.config.Resolved;
import org.dinovmf.tools.config.Resolver;
import org.dinovmf.tools.config.Settings;
import org.dinovmf.tools.config.TrainOptions;
import org.dinovmf.tools.machine.Hardware;
import org.dinovmf.training.BatchConfig;
import org.dinovmf.training.Devices;
import org.dinovmf.training.RunOptions;
import org.dinovmf.training.RunRecord;
import org.dinovmf.training.TrainConfig;
import org.dinovmf.training.Trainer;
import org.dinovmf.training.checkpoint.Checkpoints;
import org.dinovmf.training.data.DatasetStatistics;
import org.dinovmf.training.data.ImageDecoder;
import org.dinovmf.training.data.ImageIndex;
import org.dinovmf.training.data.ImageIndexer;
import org.dinovmf.training.data.ScanLimits;
import org.tensorflow.TensorFlow;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dino-vmf train}: trains on a folder of images, without labels. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    description =
        "Trains an encoder on the images of any folder tree, without labels. What is not given is"
            + " chosen for the images and the device, and printed with its reason.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:all epochs are done",
      "1:failure",
      "2:invalid arguments",
      "3:the images cannot be used",
      "4:the loss is not finite",
      "5:a checkpoint or a run cannot be used",
      "6:the device cannot be used",
      "75:stopped and saved; --resume goes on",
      "130:ended at once by a second Ctrl-C"
    },
    footer = {"", "Example:", "  dino-vmf train --data photos --out runs/photos"})
public final class TrainCommand implements Callable<Integer> {

  private static final int STATISTICS_SAMPLE = 2000;

  @Spec private CommandSpec spec;

  @Option(
      names = "--resume",
      description =
          "Goes on with the run in --out, as its configuration says; data and model must be the same.")
  private boolean resume;

  @Option(
      names = "--dry-run",
      description =
          "Looks through the images, does a few steps on noise, and writes nothing: prints"
              + " parameters, memory by part, and the time of a step and of all that are to be done.")
  private boolean isDryRun;

  /** The command with the options of every setting. */
  static CommandSpec command() {
    CommandSpec command = CommandSpec.forAnnotatedObject(new TrainCommand());
    TrainOptions.addTo(command);
    return command;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    try {
      return train();
    } catch (ConfigException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private int train() throws IOException, InterruptedException {
    PrintWriter log = spec.commandLine().getErr();
    Request request = request();
    Path run = run(Resolver.given(request, Optional.empty()));
    Optional<NetworkOrigin> origin = origin(request, run);
    Optional<Network> network = origin.map(NetworkOrigin::network);
    // Tells the faults of what is given before a large data set is looked through.
    Resolved given = Resolver.given(request, network);
    List<Path> sources = sources(given, run);
    int threads = given.get(Settings.THREADS).orElse(Runtime.getRuntime().availableProcessors());
    Hardware hardware = Hardware.of(given.get(Settings.DEVICE), threads);

    ImageIndex images = ImageIndexer.scan(sources, ScanLimits.standard(), threads);
    log.printf("Images: %s%n", String.join(", ", sources.stream().map(Path::toString).toList()));
    images.census().lines().forEach(line -> log.println("  " + line));
    log.flush();
    Resolved resolved = resolve(request, network, images, hardware);
    TrainConfig config = resolved.trainConfig();
    requireWholeBatch(config, images.size());
    if (!hardware.usesGpu()) {
      resolved.requireMemory(hardware.memoryBytes());
    }
    TrainingPlan plan =
        new TrainingPlan(resolved, config, hardware, KnnSets.of(resolved, images, threads));
    plan.lines().forEach(log::println);
    log.flush();
    RunRecord.Data data =
        new RunRecord.Data(
            images.fingerprint(),
            images.size(),
            sources.stream().map(source -> source.toAbsolutePath().toString()).toList());
    if (resume) {
      RunRecord.read(run).requireSame(config, data);
    }
    if (isDryRun) {
      rehearse(config, hardware, resolved.runOptions().threads(), images.size(), run);
      return ExitCodes.DONE;
    }
    RunOptions options = resolved.runOptions();
    try (Trainer trainer =
        Trainer.open(
            config,
            options,
            images,
            run,
            resume,
            Devices.session(options.threads(), hardware.usesGpu()),
            log::println)) {
      // An imported run has not been trained: its first training says what it is.
      if (!resume || RunRecord.read(run).data().images() == 0) {
        RunRecord record = RunRecord.of(config, data, provenance(hardware, origin));
        begin(new RunFolder(run), record, resolved, origin, trainer);
      } else {
        recordCheckpointing(new RunFolder(run), resolved, config);
      }
      return new TrainingRun(trainer, plan, run).train(spec.commandLine().getOut(), log);
    }
  }

  private void rehearse(TrainConfig config, Hardware hardware, int threads, int images, Path run)
      throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    long done =
        resume
            ? new Checkpoints(run, 1)
                .latestValid(spec.commandLine().getErr()::println)
                .map(checkpoint -> checkpoint.state().step())
                .orElse(0L)
            : 0;
    DryRun.of(config, threads, hardware.usesGpu(), images, done).lines().forEach(out::println);
    out.flush();
  }

  /**
   * Writes what the run is before its first checkpoint, so that a run that is killed in between is
   * known as one; what fails leaves nothing in the way of the next attempt.
   */
  private void begin(
      RunFolder folder,
      RunRecord record,
      Resolved resolved,
      Optional<NetworkOrigin> origin,
      Trainer trainer)
      throws IOException {
    try {
      folder.write(record, resolved);
      if (!resume && origin.isPresent()) {
        origin.get().load(trainer, record.config(), spec.commandLine().getErr()::println);
      }
    } catch (IOException | RuntimeException e) {
      if (!resume) {
        folder.remove(e);
      }
      throw e;
    }
  }

  /** The one setting that may change: it is said, and holds for the next resumption too. */
  private void recordCheckpointing(RunFolder folder, Resolved resolved, TrainConfig config)
      throws IOException {
    RunRecord record = RunRecord.read(folder.path());
    boolean isOn = config.batch().checkpointsActivations();
    if (record.config().batch().checkpointsActivations() != isOn) {
      spec.commandLine()
          .getErr()
          .printf("activation checkpointing is %s from here on%n", isOn ? "on" : "off");
      folder.write(RunRecord.of(config, record.data(), record.provenance()), resolved);
    }
  }

  /** A run that is resumed has its own configuration; options given again are compared with it. */
  private Request request() throws IOException {
    Request given = TrainOptions.request(spec);
    if (!resume) {
      return given;
    }
    if (given.flags().containsKey(Settings.INIT_FROM.key())) {
      throw new ParameterException(
          spec.commandLine(), "--init-from starts a new run and cannot be given with --resume");
    }
    if (given.file().isPresent() || given.preset().isPresent()) {
      return given;
    }
    RunFolder run = RunFolder.of(Resolver.given(given, Optional.empty()));
    RunRecord.read(run.path()); // without one there is nothing to go on with
    return new Request(given.flags(), Optional.of(run.configFile()), Optional.empty());
  }

  /** Where the network comes from, if not from the settings alone. */
  private Optional<NetworkOrigin> origin(Request request, Path run) throws IOException {
    Optional<Path> source = Resolver.given(request, Optional.empty()).get(Settings.INIT_FROM);
    if (resume) {
      return NetworkOrigin.ofResumed(run, source, spec.commandLine().getErr()::println);
    }
    return source.isPresent() ? Optional.of(NetworkOrigin.of(source.get())) : Optional.empty();
  }

  private Path run(Resolved given) throws IOException {
    RunFolder folder = RunFolder.of(given);
    if (!resume) {
      folder.requireNew(advice(folder.path()));
    }
    return folder.path();
  }

  /** What to do where there is something in the place of a new run. */
  private static String advice(Path path) throws IOException {
    if (RunRecord.exists(path)) {
      return "give --out another name, or --resume to go on with it";
    }
    return UnfinishedRun.isIn(path)
        ? "it holds '%s', the rest of an import that was stopped: repeat that, or give --out another name"
            .formatted(UnfinishedRun.PARTIAL)
        : "give --out another name";
  }

  private List<Path> sources(Resolved given, Path run) throws IOException {
    Optional<List<Path>> data = given.get(Settings.DATA);
    if (data.isPresent()) {
      return data.get();
    }
    if (!resume) {
      throw new ParameterException(spec.commandLine(), "a folder of images is needed: --data DIR");
    }
    RunRecord.Data seen = RunRecord.read(run).data();
    if (seen.images() == 0) {
      throw new ParameterException(spec.commandLine(), new RunFolder(run).noImages());
    }
    return seen.sources().stream().map(Path::of).toList();
  }

  private static Resolved resolve(
      Request request, Optional<Network> network, ImageIndex images, Hardware hardware) {
    Resolved resolved = Resolver.resolve(request, network, Optional.of(hardware.facts(images)));
    if (!resolved.needsStatistics()) {
      return resolved;
    }
    RunOptions options = resolved.runOptions();
    try (ImageDecoder decoder =
        new ImageDecoder(
            ScanLimits.standard(),
            resolved.get(Settings.CHANNELS),
            options.decoding(),
            options.threads())) {
      DatasetStatistics statistics =
          DatasetStatistics.measure(
              images, decoder, STATISTICS_SAMPLE, resolved.get(Settings.SEED));
      return resolved.withStatistics(statistics.normalization(), statistics.images());
    }
  }

  /** Asked before the run's folder is made, so that the command can simply be given again. */
  private void requireWholeBatch(TrainConfig config, int images) {
    BatchConfig batch = config.batch();
    if (batch.total() > images) {
      throw new ParameterException(
          spec.commandLine(),
          "a step takes %d images (--batch-size %d, --accumulate %d), but there are only %d; use --batch-size %d"
              .formatted(
                  batch.total(),
                  batch.batchSize(),
                  batch.accumulate(),
                  images,
                  Math.max(1, images / batch.accumulate())));
    }
  }

  private Map<String, String> provenance(Hardware hardware, Optional<NetworkOrigin> origin)
      throws IOException {
    Map<String, String> facts = new TreeMap<>();
    facts.put("command", String.join(" ", spec.commandLine().getParseResult().originalArgs()));
    facts.put("device", hardware.name());
    if (origin.isPresent()) {
      facts.put(NetworkOrigin.KEY, origin.get().source(resume));
    }
    facts.put("java", Runtime.version().toString());
    facts.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    facts.put("started", Instant.now().toString());
    facts.put("tensorflow", TensorFlow.version());
    facts.put("version", Main.VERSION);
    return facts;
  }
}
