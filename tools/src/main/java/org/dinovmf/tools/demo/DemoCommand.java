package org.dinovmf.tools.demo;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.dinovmf.savedmodel.Encoder;
import org.dinovmf.savedmodel.EncoderExporter;
import org.dinovmf.savedmodel.ExportConfig;
import org.dinovmf.tools.config.Resolved;
import org.dinovmf.tools.embed.TeacherSource;
import org.dinovmf.tools.report.RunFiles;
import org.dinovmf.training.Devices;
import org.dinovmf.training.RunRecord;
import org.dinovmf.training.TrainConfig;
import org.dinovmf.training.Trainer;
import org.dinovmf.training.data.ImageIndex;
import org.dinovmf.training.data.ImageIndexer;
import org.dinovmf.training.data.ScanLimits;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dino-vmf demo}: trains, evaluates, exports and shows, on the images that ship with us. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = {
      "Trains DINO-vMF on the real images that ship with the project, measures what it learned,",
      "exports a SavedModel, embeds an image with it and writes a page to look at."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:success",
      "1:failure, or the result is worse than a working run's",
      "2:invalid arguments"
    })
public final class DemoCommand implements Callable<Integer> {

  /** Steps that are timed, after as many that are not, to fit a run into the minutes asked for. */
  private static final int TIMED_STEPS = 60;

  @Spec private CommandSpec spec;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where everything goes (default: runs/demo, or the next free name).")
  private Optional<Path> out = Optional.empty();

  @Option(
      names = "--minutes",
      paramLabel = "N",
      description = "Trains for about so long instead of the fixed number of steps.")
  private Optional<Double> minutes = Optional.empty();

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "Seed of the weights and of every random choice (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Bound of every thread pool (default: the number of processors).")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (threads < 1 || (minutes.isPresent() && !(minutes.get() > 0))) {
      throw new ParameterException(
          spec.commandLine(), "--threads must be at least 1 and --minutes above 0");
    }
    PrintWriter print = spec.commandLine().getOut();
    Path folder = folder();
    Files.createDirectories(folder);
    print.printf("Unpacking 7,000 images of Fashion-MNIST into %s%n", folder.resolve("images"));
    print.flush();
    ShippedImages shipped = ShippedImages.unpack(folder.resolve("images"));
    ImageIndex trainIndex = index(shipped.train());
    ImageIndex testIndex = index(shipped.test());
    DemoPictures pictures = DemoPictures.of(trainIndex, testIndex, threads);

    int epochs =
        minutes.isPresent()
            ? epochs(shipped.train(), trainIndex, folder, print)
            : DemoConfig.EPOCHS;
    Path run = folder.resolve("run");
    Resolved resolved = DemoConfig.of(shipped.train(), run, epochs, seed, threads);
    TrainConfig config = resolved.trainConfig();
    Files.createDirectories(run);
    RunRecord.Data data =
        new RunRecord.Data(
            trainIndex.fingerprint(),
            trainIndex.size(),
            List.of(shipped.train().toAbsolutePath().toString()));
    resolved.writeTo(run);
    RunRecord.of(config, data, Map.of("command", "demo")).write(run);
    DemoProgress progress;
    DemoTable table;
    DemoPage.Gallery gallery;
    Path checkpoint;
    try (RunFiles files = RunFiles.open(run, 0, Clock.systemUTC());
        Trainer trainer = open(resolved, trainIndex, run)) {
      progress = new DemoProgress(print, files);
      print.println("Measuring raw pixels and the untrained encoder");
      DemoFeatures pixels = DemoFeatures.ofPixels(pictures);
      DemoTable.Row raw = pixels.row("raw pixels", pictures, threads);
      DemoTable.Row untrained =
          DemoFeatures.of(trainer, pictures).row("untrained encoder", pictures, threads);
      print.println("Training DINO-vMF without labels");
      print.flush();
      trainer.train(progress, () -> false);
      DemoFeatures features = DemoFeatures.of(trainer, pictures);
      table = new DemoTable(raw, untrained, features.row("trained teacher", pictures, threads));
      gallery =
          new DemoPage.Gallery(
              pictures.bank(),
              pixels.bank(),
              features.bank(),
              pictures.moved(),
              pixels.moved(),
              features.moved());
      checkpoint = trainer.save().prefix();
    }
    Path model =
        EncoderExporter.export(
            TeacherSource.of(config, checkpoint, true),
            ExportConfig.standard(),
            folder.resolve("model"));
    List<String> commands = NextCommands.lines(folder, run);
    Path page = folder.resolve("demo.html");
    Files.writeString(
        page,
        DemoPage.html(
            table,
            progress.reports(),
            progress.seconds(),
            config.model().head().numPrototypes(),
            progress.batch(),
            gallery,
            commands),
        StandardCharsets.UTF_8);
    report(print, table, progress, testIndex, model, page, commands);
    return verdict(table);
  }

  private Path folder() {
    if (out.isPresent()) {
      if (Files.exists(out.get())) {
        throw new ParameterException(
            spec.commandLine(),
            "'%s' exists and is left as it is; give --out another name".formatted(out.get()));
      }
      return out.get();
    }
    Path base = Path.of("runs", "demo");
    Path free = base;
    for (int number = 2; Files.exists(free); number++) {
      free = base.resolveSibling("demo-" + number);
    }
    return free;
  }

  private ImageIndex index(Path folder) throws IOException {
    return ImageIndexer.scan(List.of(folder), ScanLimits.standard(), threads);
  }

  private Trainer open(Resolved resolved, ImageIndex images, Path run) throws IOException {
    return Trainer.open(
        resolved.trainConfig(),
        resolved.runOptions(),
        images,
        run,
        false,
        Devices.session(threads, false),
        spec.commandLine().getErr()::println);
  }

  /** Times a few steps aside, and returns the epochs that fit. */
  private int epochs(Path data, ImageIndex images, Path folder, PrintWriter print)
      throws IOException, InterruptedException {
    Path aside = Files.createTempDirectory(folder, "timing-");
    DemoTiming timing = new DemoTiming(TIMED_STEPS);
    long stepsPerEpoch;
    Resolved brief = DemoConfig.of(data, aside, 1, seed, threads);
    try (Trainer trainer = open(brief, images, aside)) {
      stepsPerEpoch = trainer.totalSteps();
      trainer.train(timing, timing::isDone);
    } finally {
      DemoTiming.delete(aside);
    }
    double steps = minutes.get() * 60 / timing.secondsPerStep();
    int epochs = (int) Math.max(1, Math.round(steps / stepsPerEpoch));
    print.printf(
        Locale.ROOT,
        "%.0f steps a second: %d epochs fit into %.1f minutes%n",
        1 / timing.secondsPerStep(),
        epochs,
        minutes.get());
    return epochs;
  }

  private void report(
      PrintWriter print,
      DemoTable table,
      DemoProgress progress,
      ImageIndex testIndex,
      Path model,
      Path page,
      List<String> commands)
      throws IOException {
    print.println();
    table.lines().forEach(print::println);
    print.println();
    var report = progress.reports().get(progress.reports().size() - 1);
    print.printf(Locale.ROOT, "%,d steps in %.0f s%n", report.step(), progress.seconds());
    print.printf("SavedModel: %s%n", model);
    Path image = testIndex.images().get(0).path();
    try (Encoder encoder = Encoder.load(model, threads)) {
      float[] embedding = encoder.embed(List.of(image))[0];
      print.printf("Through it, %s is %d numbers: %s%n", image, embedding.length, start(embedding));
    }
    print.printf("Page to look at: %s%n%nNext:%n", page.toAbsolutePath().toUri());
    commands.forEach(command -> print.println("  " + command));
    print.flush();
  }

  private static String start(float[] embedding) {
    List<String> numbers = new ArrayList<>();
    for (int i = 0; i < Math.min(4, embedding.length); i++) {
      numbers.add(String.format(Locale.ROOT, "%.4f", embedding[i]));
    }
    return String.join(", ", numbers) + ", ...";
  }

  /** A run of another length than the fixed one has no gates. */
  private int verdict(DemoTable table) {
    if (minutes.isPresent()) {
      return ExitCode.OK;
    }
    List<String> missed = table.missedGates();
    missed.forEach(
        line -> spec.commandLine().getErr().println("Worse than a working run: " + line));
    return missed.isEmpty() ? ExitCode.OK : ExitCode.SOFTWARE;
  }
}
