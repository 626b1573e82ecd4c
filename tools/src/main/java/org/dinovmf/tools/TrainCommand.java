package org.dinovmf.tools;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.dinovmf.graph.preprocessing.Normalization;
import org.dinovmf.tools.config.ConfigException;
import org.dinovmf.tools.config.Facts;
import org.dinovmf.tools.config.Request;
import org.dinovmf.tools.config.Resolved;
import org.dinovmf.tools.config.Resolver;
import org.dinovmf.tools.config.Settings;
import org.dinovmf.tools.config.TrainOptions;
import org.dinovmf.tools.report.Console;
import org.dinovmf.tools.report.RunReporter;
import org.dinovmf.training.BatchConfig;
import org.dinovmf.training.Devices;
import org.dinovmf.training.KnnData;
import org.dinovmf.training.RunOptions;
import org.dinovmf.training.RunRecord;
import org.dinovmf.training.TrainConfig;
import org.dinovmf.training.Trainer;
import org.dinovmf.training.data.DataException;
import org.dinovmf.training.data.DatasetStatistics;
import org.dinovmf.training.data.ImageDecoder;
import org.dinovmf.training.data.ImageIndex;
import org.dinovmf.training.data.ImageIndexer;
import org.dinovmf.training.data.Labels;
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
    description = {
      "Trains an encoder on the images of any folder tree, without labels. What is not given is",
      "chosen for the images and the device, and printed with its reason."
    },
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

  private static final String CONFIG_FILE = "config.yaml";

  /** Set by the launcher: newer JVMs no longer tell whether the log goes to a terminal. */
  private static final String TERMINAL = "dino-vmf.terminal";

  private static final int STATISTICS_SAMPLE = 2000;

  /** Which device trains. */
  enum DeviceChoice {
    AUTO,
    CPU,
    GPU
  }

  @Spec private CommandSpec spec;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Folder tree of images, or a text file with one path a line; may be given several times.")
  private List<Path> data = List.of();

  @Option(
      names = "--out",
      required = true,
      paramLabel = "RUN",
      description = "Folder of the run; must be new or empty, unless it is resumed.")
  private Path run;

  @Option(names = "--resume", description = "Goes on with the run in RUN.")
  private boolean resume;

  @Option(
      names = "--labels",
      paramLabel = "FILE.csv",
      description =
          "Labels for kNN while training, lines of path,label (default: the first folders below DIR, if there are two or more).")
  private Optional<Path> labels = Optional.empty();

  @Option(
      names = "--val",
      paramLabel = "DIR",
      description =
          "Labeled images that kNN classifies (default: a fixed tenth of each class of DIR, kept out of the neighbors).")
  private Optional<Path> validation = Optional.empty();

  @Option(
      names = "--device",
      paramLabel = "NAME",
      defaultValue = "AUTO",
      description = "${COMPLETION-CANDIDATES}; auto takes a GPU where there is one.")
  private DeviceChoice device;

  /** The command with the options of every setting. */
  static CommandSpec command() {
    CommandSpec command = CommandSpec.forAnnotatedObject(new TrainCommand());
    TrainOptions.addTo(command);
    return command;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintWriter log = spec.commandLine().getErr();
    requireFolder();
    Request request = request();
    int cores = Runtime.getRuntime().availableProcessors();
    int threads = threads(request).orElse(cores);
    List<Path> sources = sources();
    boolean useGpu = useGpu(threads);

    ImageIndex images = ImageIndexer.scan(sources, ScanLimits.standard(), threads);
    log.printf("Images: %s%n", String.join(", ", sources.stream().map(Path::toString).toList()));
    images.census().lines().forEach(line -> log.println("  " + line));
    log.flush();
    Resolved resolved = resolve(request, images, useGpu, cores);
    TrainConfig config = resolved.trainConfig();
    requireWholeBatch(config, images.size());
    RunOptions options = resolved.runOptions();
    Optional<KnnData> knn =
        resolved.knnEvery().isPresent()
            ? knnData(images, config.seed(), options.threads())
            : Optional.empty();
    print(log, resolved, config, useGpu, knn);
    RunRecord.Data record =
        new RunRecord.Data(
            images.fingerprint(),
            images.size(),
            sources.stream().map(source -> source.toAbsolutePath().toString()).toList());
    if (resume) {
      RunRecord.read(run).requireSame(config, record);
    }
    try (Trainer trainer =
        Trainer.open(
            config,
            options,
            images,
            run,
            resume,
            Devices.session(options.threads(), useGpu),
            log::println)) {
      if (!resume) {
        RunRecord.of(config, record, provenance(useGpu)).write(run);
        Files.writeString(run.resolve(CONFIG_FILE), resolved.toYaml(), StandardCharsets.UTF_8);
      }
      return train(trainer, resolved, knn, options.threads());
    }
  }

  private int train(Trainer trainer, Resolved resolved, Optional<KnnData> knn, int threads)
      throws IOException, InterruptedException {
    PrintWriter log = spec.commandLine().getErr();
    Console console =
        new Console(
            spec.commandLine().getOut(),
            log,
            Boolean.getBoolean(TERMINAL),
            Clock.system(ZoneId.systemDefault()),
            Optional.of("--preset cpu-96, or fewer --epochs"));
    double warmupEpochs =
        Math.max(
            resolved.get(Settings.WARMUP_EPOCHS),
            resolved.get(Settings.WARMUP_TEACHER_TEMP_EPOCHS));
    RunReporter.Settings settings =
        new RunReporter.Settings(
            trainer.state().step(), warmupEpochs, resolved.knnEvery().orElse(1));
    try (StopSignal stop = StopSignal.install(log);
        RunReporter reporter =
            new RunReporter(
                run,
                settings,
                console,
                new TeacherEvaluation(trainer, knn, threads),
                Clock.systemUTC())) {
      Trainer.Outcome outcome = trainer.train(reporter, stop::isRequested);
      if (outcome == Trainer.Outcome.STOPPED) {
        console.line(
            "Stopped and saved at step %d of %d; go on with: dino-vmf train --resume --out %s"
                .formatted(trainer.state().step(), trainer.totalSteps(), run));
        return ExitCodes.STOPPED;
      }
      console.line(
          "Done; export it with: dino-vmf export savedmodel --run %s --out MODEL".formatted(run));
      return ExitCodes.DONE;
    }
  }

  private void requireFolder() throws IOException {
    if (resume) {
      RunRecord.read(run);
      return;
    }
    if (Files.exists(run) && !isEmptyFolder(run)) {
      throw new ParameterException(
          spec.commandLine(),
          "'%s' exists and is left as it is; give --out another name, or --resume to go on with it"
              .formatted(run));
    }
    if (data.isEmpty()) {
      throw new ParameterException(spec.commandLine(), "a folder of images is needed: --data DIR");
    }
  }

  private static boolean isEmptyFolder(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      return false;
    }
    try (Stream<Path> inside = Files.list(path)) {
      return inside.findAny().isEmpty();
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

  private List<Path> sources() throws IOException {
    return data.isEmpty()
        ? RunRecord.read(run).data().sources().stream().map(Path::of).toList()
        : data;
  }

  private boolean useGpu(int threads) {
    boolean hasGpu = device != DeviceChoice.CPU && Devices.hasGpu(threads);
    if (device == DeviceChoice.GPU && !hasGpu) {
      throw new DeviceException(
          "TensorFlow finds no GPU: it needs the CUDA build (DINO_VMF_GPU=1), CUDA 12 and cuDNN 9; TF_CPP_MIN_LOG_LEVEL=0 shows what it misses, --device cpu goes without");
    }
    return hasGpu;
  }

  /** A run that is resumed has its own configuration; options given again are compared with it. */
  private Request request() {
    Request given = TrainOptions.request(spec);
    return resume && given.file().isEmpty() && given.preset().isEmpty()
        ? new Request(given.flags(), Optional.of(run.resolve(CONFIG_FILE)), Optional.empty())
        : given;
  }

  /** Tells the faults of what is given, too, before a large data set is looked through. */
  private Optional<Integer> threads(Request request) {
    try {
      return Resolver.given(request, Settings.THREADS).orElse(Optional.empty());
    } catch (ConfigException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private Resolved resolve(Request request, ImageIndex images, boolean useGpu, int cores) {
    Facts.Device kind = useGpu ? Facts.Device.GPU : Facts.Device.CPU;
    try {
      Resolved resolved =
          Resolver.resolve(request, Optional.of(Facts.of(images, kind, cores, memory())));
      return resolved.needsStatistics() ? measured(resolved, images) : resolved;
    } catch (ConfigException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private static Resolved measured(Resolved resolved, ImageIndex images) {
    try (ImageDecoder decoder =
        new ImageDecoder(ScanLimits.standard(), resolved.runOptions().threads())) {
      DatasetStatistics statistics =
          DatasetStatistics.measure(
              images, decoder, STATISTICS_SAMPLE, resolved.get(Settings.SEED));
      Normalization normalization = statistics.normalization();
      return resolved.withStatistics(normalization, statistics.images());
    }
  }

  /** Of the machine, since TensorFlow's memory is not on the Java heap. */
  private static long memory() {
    var bean = java.lang.management.ManagementFactory.getOperatingSystemMXBean();
    return bean instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getTotalMemorySize()
        : Runtime.getRuntime().maxMemory();
  }

  private Optional<KnnData> knnData(ImageIndex images, long seed, int threads) throws IOException {
    if (labels.isPresent() && !Files.isRegularFile(labels.get())) {
      throw new DataException("--labels '%s' is not a file".formatted(labels.get()));
    }
    Optional<Labels> known =
        labels.isPresent() ? Optional.of(Labels.fromCsv(labels.get(), images)) : images.labels();
    if (known.isEmpty()) {
      if (validation.isPresent()) {
        throw new DataException(
            "--val needs labels for --data too: put each class into a folder of its own, or give --labels");
      }
      return Optional.empty();
    }
    if (validation.isEmpty()) {
      return KnnData.split(images, known.get(), seed);
    }
    ImageIndex others =
        ImageIndexer.scan(List.of(validation.get()), ScanLimits.standard(), threads);
    Labels otherLabels =
        others
            .labels()
            .orElseThrow(
                () ->
                    new DataException(
                        "--val '%s' has no class folders: put each class into a folder of its own"
                            .formatted(validation.get())));
    return Optional.of(KnnData.of(images, known.get(), others, otherLabels, seed));
  }

  private static void print(
      PrintWriter log,
      Resolved resolved,
      TrainConfig config,
      boolean useGpu,
      Optional<KnnData> knn) {
    log.printf("Device: %s%n", useGpu ? "GPU" : "CPU");
    log.println("Chosen for these images and this device:");
    resolved.choices().forEach(line -> log.println("  " + line));
    log.printf(
        "Encoder: %d blocks of width %d, patches of %d pixels, %d prototypes; %d images a step, %d epochs%n",
        config.model().encoder().depth(),
        config.model().encoder().embedDim(),
        config.model().encoder().patchSize(),
        config.model().head().numPrototypes(),
        config.batch().total(),
        config.schedule().epochs());
    log.println(
        knn.map(
                sets ->
                    "kNN while training: %d images classified by %d neighbors of %d classes"
                        .formatted(
                            sets.queries().images().size(),
                            sets.bank().images().size(),
                            sets.numClasses()))
            .orElse("No kNN while training: the images have no labels, or it is switched off"));
    log.flush();
  }

  private Map<String, String> provenance(boolean useGpu) {
    Map<String, String> facts = new TreeMap<>();
    facts.put("command", String.join(" ", spec.commandLine().getParseResult().originalArgs()));
    facts.put("device", useGpu ? "GPU" : "CPU");
    facts.put("java", Runtime.version().toString());
    facts.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    facts.put("started", Instant.now().toString());
    facts.put("tensorflow", TensorFlow.version());
    facts.put("version", Main.VERSION);
    return facts;
  }
}
