package org.dinovmf.tools;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.dinovmf.tools.analysis.Doctor;
import org.dinovmf.tools.analysis.PrototypeStudy;
import org.dinovmf.tools.embed.EmbedConfig;
import org.dinovmf.tools.embed.EncodingOptions;
import org.dinovmf.tools.page.ComparePage;
import org.dinovmf.tools.page.Pictures;
import org.dinovmf.tools.page.RunPage;
import org.dinovmf.tools.report.MetricsLog;
import org.dinovmf.training.RunRecord;
import org.dinovmf.training.analysis.DuplicateGroups;
import org.dinovmf.training.checkpoint.AtomicFile;
import org.dinovmf.training.data.ImageDecoder;
import org.dinovmf.training.data.ImageFile;
import org.dinovmf.training.data.ImageIndex;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dino-vmf report RUN}. */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    description = {
      "Writes one page about a run that needs no network: curves, health, the prototypes with their",
      "most typical images, strange images, attention, a map of the embeddings, the configuration."
    },
    footer = {
      "",
      "Examples:",
      "  dino-vmf report runs/a",
      "  dino-vmf report --compare runs/dino runs/dino-vmf --out compare.html"
    })
public final class ReportCommand implements Callable<Integer> {

  private static final String PAGE = "report.html";
  private static final String COMPARISON = "compare.html";

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "RUN", arity = "1..*", description = "Folder of the run, or of several.")
  private List<Path> runs;

  @Option(names = "--compare", description = "One page with two runs or more side by side.")
  private boolean isComparison;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Images; may be given again (default: those of the run, where they still are).")
  private List<Path> data = List.of();

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = {
        "The page, written over where it exists (default: RUN/report.html, or compare.html here)."
      })
  private Optional<Path> out = Optional.empty();

  @Option(
      names = "--max-images",
      paramLabel = "N",
      defaultValue = "10000",
      description = "Takes a sample of more images than these (default: ${DEFAULT-VALUE}).")
  private int maxImages;

  @Mixin private EncodingOptions encoding;

  @Override
  public Integer call() throws IOException {
    EmbedConfig config = encoding.config(spec.commandLine());
    if (maxImages < 1) {
      throw new ParameterException(
          spec.commandLine(), "--max-images must be at least 1, but is " + maxImages);
    }
    if (isComparison ? runs.size() < 2 : runs.size() > 1) {
      throw new ParameterException(
          spec.commandLine(),
          "a report is about one run, and with --compare about two or more, but %d are given"
              .formatted(runs.size()));
    }
    Path page;
    if (isComparison) {
      page = out.orElse(Path.of(COMPARISON));
      AtomicFile.writeText(page, ComparePage.html(compared(config)));
    } else {
      page = out.orElse(runs.get(0).resolve(PAGE));
      AtomicFile.writeText(page, single(runs.get(0), config));
    }
    PrintWriter print = spec.commandLine().getOut();
    print.printf("%s: %d KiB%n", page, Files.size(page) >> 10);
    print.flush();
    return ExitCodes.DONE;
  }

  private List<ComparePage.Compared> compared(EmbedConfig config) throws IOException {
    List<ComparePage.Compared> compared = new ArrayList<>();
    for (Path run : runs) {
      RunRecord record = RunRecord.read(run);
      MetricsLog log = MetricsLog.read(run);
      Optional<PrototypeStudy> study = study(run, config);
      compared.add(
          new ComparePage.Compared(
              run.toString(),
              record,
              log,
              diagnosis(record, log, study),
              study.map(PrototypeStudy::summary)));
    }
    return compared;
  }

  /** Nothing where a run has no checkpoint yet, no prototypes or no images any more. */
  private Optional<PrototypeStudy> study(Path run, EmbedConfig config) throws IOException {
    Optional<StudiedRun> saved =
        StudiedRun.openIfSaved(run, config.threads(), spec.commandLine().getErr()::println);
    if (saved.isEmpty()) {
      return Optional.empty();
    }
    try (StudiedRun studied = saved.get()) {
      Optional<ImageIndex> index = studied.images(data, config);
      return index.isPresent() && studied.hasPrototypes()
          ? Optional.of(study(studied, index.get(), config))
          : Optional.empty();
    }
  }

  private PrototypeStudy study(StudiedRun studied, ImageIndex index, EmbedConfig config)
      throws IOException {
    return PrototypeStudy.of(
        studied.assign(index, maxImages, config),
        DuplicateGroups.STANDARD_THRESHOLD,
        config.threads());
  }

  private static Doctor.Diagnosis diagnosis(
      RunRecord record, MetricsLog log, Optional<PrototypeStudy> study) {
    return Doctor.examine(
        log, StudiedRun.doctorsRun(record.config()), study.map(found -> found.seen().embedded()));
  }

  private String single(Path run, EmbedConfig config) throws IOException {
    PrintWriter err = spec.commandLine().getErr();
    RunRecord record = RunRecord.read(run);
    Optional<StudiedRun> saved = StudiedRun.openIfSaved(run, config.threads(), err::println);
    if (saved.isEmpty()) {
      String missing = "the run has no whole checkpoint yet, and so no teacher to look at";
      err.println("left out: what takes images: " + missing);
      return RunPage.html(content(run, record, Optional.empty(), Optional.empty(), missing));
    }
    try (StudiedRun studied = saved.get()) {
      Optional<ImageIndex> index = studied.images(data, config);
      String missing =
          studied.hasPrototypes()
              ? studied.imagesMissing()
              : "the run has no trained head, and so no prototypes";
      if (index.isPresent() && studied.hasPrototypes()) {
        return withImages(studied, index.get(), config);
      }
      err.println("left out: what takes images: " + missing);
      return RunPage.html(
          content(run, record, Optional.of(step(studied)), Optional.empty(), missing));
    }
  }

  private String withImages(StudiedRun studied, ImageIndex index, EmbedConfig config)
      throws IOException {
    PrototypeStudy study = study(studied, index, config);
    try (ImageDecoder decoder =
        new ImageDecoder(
            config.limits(),
            studied.encoder().spec().channels(),
            config.decoding(),
            config.threads())) {
      RunPage.Seen seen =
          new RunPage.Seen(
              study,
              new Pictures(decoder),
              isOwn(studied, index)
                  ? FirstCrops.of(studied, index, decoder, config.threads())
                  : Optional.empty(),
              new AttentionMaps(
                      studied.encoder(),
                      AttentionMaps.standard(studied.encoder()),
                      decoder,
                      spec.commandLine().getErr()::println)
                  .all(spread(study)));
      return RunPage.html(
          content(
              studied.path(), studied.record(), Optional.of(step(studied)), Optional.of(seen), ""));
    }
  }

  /** Whether the first batch of the run was cut from these images. */
  private static boolean isOwn(StudiedRun studied, ImageIndex index) {
    return index.fingerprint().equals(studied.record().data().fingerprint());
  }

  /** Images at even distances. */
  private static List<ImageFile> spread(PrototypeStudy study) {
    List<ImageFile> files = study.images().files();
    int count = Math.min(AttentionMaps.IN_A_REPORT, files.size());
    List<ImageFile> some = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      some.add(files.get((int) ((i + 0.5) * files.size() / count)));
    }
    return some;
  }

  private static long step(StudiedRun studied) {
    return studied.checkpoint().state().step();
  }

  private static RunPage.Content content(
      Path run,
      RunRecord record,
      Optional<Long> teacherStep,
      Optional<RunPage.Seen> seen,
      String missing)
      throws IOException {
    MetricsLog log = MetricsLog.read(run);
    return new RunPage.Content(
        run.toString(),
        record,
        teacherStep,
        log,
        diagnosis(record, log, seen.map(RunPage.Seen::study)),
        StudiedRun.configuration(run, record),
        seen,
        missing);
  }
}
