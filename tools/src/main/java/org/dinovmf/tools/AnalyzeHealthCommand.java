package org.dinovmf.tools;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.dinovmf.tools.analysis.Doctor;
import org.dinovmf.tools.analysis.Doctor.Diagnosis;
import org.dinovmf.tools.analysis.Numbers;
import org.dinovmf.tools.embed.EmbedConfig;
import org.dinovmf.tools.embed.EncodingOptions;
import org.dinovmf.tools.report.MetricsLog;
import org.dinovmf.training.RunRecord;
import org.dinovmf.training.data.ImageIndex;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dino-vmf analyze health RUN}. */
@Command(
    name = "health",
    mixinStandardHelpOptions = true,
    description = {
      "Says without labels whether a run learns: by its metrics after the warm-up, and by what its",
      "newest teacher makes of a sample of images. Names a collapse and what has helped."
    },
    footer = {"", "Example:", "  dino-vmf analyze health runs/a"})
public final class AnalyzeHealthCommand implements Callable<Integer> {

  /** So many images tell rank and spread well, in a few seconds. */
  private static final int SAMPLE = 1000;

  private static final ObjectMapper JSON = ResultJson.mapper();

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "RUN", description = "Folder of the run; it may still be training.")
  private Path run;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Images to look at (default: those of the run, where they still are).")
  private List<Path> data = List.of();

  @Option(names = "--json", description = "Print JSON in place of the table.")
  private boolean isJson;

  @Mixin private EncodingOptions encoding;

  @Override
  public Integer call() throws IOException {
    EmbedConfig config = encoding.config(spec.commandLine());
    RunRecord record = RunRecord.read(run);
    Diagnosis diagnosis =
        Doctor.examine(
            MetricsLog.read(run), StudiedRun.doctorsRun(record.config()), embedded(config));
    PrintWriter out = spec.commandLine().getOut();
    if (isJson) {
      out.println(JSON.writeValueAsString(diagnosis));
    } else {
      print(out, diagnosis);
    }
    out.flush();
    return ExitCodes.DONE;
  }

  private Optional<Doctor.Embedded> embedded(EmbedConfig config) throws IOException {
    PrintWriter err = spec.commandLine().getErr();
    Optional<StudiedRun> saved = StudiedRun.openIfSaved(run, config.threads(), err::println);
    if (saved.isEmpty()) {
      err.println("only the metrics of the run are judged: it has no whole checkpoint yet");
      return Optional.empty();
    }
    try (StudiedRun studied = saved.get()) {
      Optional<ImageIndex> images = studied.images(data, config);
      if (!studied.hasPrototypes() || images.isEmpty()) {
        err.printf(
            "only the metrics of the run are judged: %s%n",
            studied.hasPrototypes() ? studied.imagesMissing() : "it has no trained head");
        return Optional.empty();
      }
      return Optional.of(studied.assign(images.get(), SAMPLE, config).embedded());
    }
  }

  private static void print(PrintWriter out, Diagnosis diagnosis) {
    for (Doctor.Sign sign : diagnosis.signs()) {
      out.println(
          "%-17s %8s  %s".formatted(sign.name(), Numbers.short3(sign.value()), sign.meaning()));
    }
    for (Doctor.Finding finding : diagnosis.findings()) {
      out.println(
          "%s: %s; %s".formatted(finding.verdict().label(), finding.finding(), finding.advice()));
    }
    if (diagnosis.findings().isEmpty()) {
      out.println(
          diagnosis.isTooEarly()
              ? "too early to say: %d reports after the warm-up, and %d are needed"
                  .formatted(diagnosis.reports(), Doctor.FEWEST)
              : "healthy: no sign of a collapse");
    }
  }
}
