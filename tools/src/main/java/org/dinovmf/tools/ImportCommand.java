package org.dinovmf.tools;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.dinovmf.graph.PositionRule;
import org.dinovmf.graph.preprocessing.Normalization;
import org.dinovmf.tools.config.ConfigException;
import org.dinovmf.tools.config.Request;
import org.dinovmf.tools.config.Resolved;
import org.dinovmf.tools.config.Resolver;
import org.dinovmf.tools.config.TrainOptions;
import org.dinovmf.training.RunRecord;
import org.dinovmf.training.TrainConfig;
import org.dinovmf.training.checkpoint.Checkpoints;
import org.dinovmf.training.checkpoint.TrainState;
import org.dinovmf.training.weights.ImportReport;
import org.dinovmf.training.weights.RunWeights;
import org.dinovmf.training.weights.WeightImport;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dino-vmf import FILE --out RUN}. */
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    description = {
      "Makes a run of the weights of another program: of DINO, iBOT, DINOv2, timm or transformers,",
      "from .pth, .bin or .safetensors. Nothing in the file is executed. The run can be evaluated,",
      "exported, and trained on with --init-from, or with --resume and the settings given here."
    },
    footer = {
      "",
      "Example:",
      "  dino-vmf import dino_deitsmall16_pretrain.pth --out runs/dino",
      "  dino-vmf train --init-from runs/dino --data photos --out runs/photos"
    })
public final class ImportCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "FILE",
      description = "Weights; config.json and preprocessor_config.json beside them are read too.")
  private Path file;

  @Option(
      names = "--heads",
      paramLabel = "COUNT",
      description = "Attention heads (default: as config.json says, else one for 64 values).")
  private Optional<Integer> heads;

  @Option(
      names = "--position-rule",
      paramLabel = "RULE",
      description =
          "How the position table is resized: ${COMPLETION-CANDIDATES} (default: as the program does that wrote the file).")
  private Optional<PositionRule> positions;

  /** The command with the options of every setting. */
  static CommandSpec command() {
    CommandSpec command = CommandSpec.forAnnotatedObject(new ImportCommand());
    TrainOptions.addTo(command);
    return command;
  }

  @Override
  public Integer call() throws IOException {
    if (heads.filter(count -> count < 1).isPresent()) {
      throw new ParameterException(spec.commandLine(), "--heads must be at least 1");
    }
    try {
      return importWeights();
    } catch (ConfigException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private int importWeights() throws IOException {
    RunFolder folder = RunFolder.of(Resolver.given(TrainOptions.request(spec)));
    folder.requireNew("give --out another name");
    Path run = folder.path();
    PrintWriter out = spec.commandLine().getOut();
    try (WeightImport imported =
        WeightImport.open(file, new WeightImport.Hints(heads, positions))) {
      Resolved resolved = resolve(imported);
      TrainConfig config = NetworkOrigin.adapt(resolved.trainConfig(), imported.encoder());
      int threads = Runtime.getRuntime().availableProcessors();
      try (RunWeights weights = new RunWeights(config, threads)) {
        ImportReport report = imported.copyTo(config, weights);
        Files.createDirectories(run);
        new Checkpoints(run, 1).save(TrainState.start(1), weights::save);
        report.write(run);
        folder.write(RunRecord.of(config, RunRecord.Data.none(), provenance()), resolved);
        print(out, config, report);
        out.printf("Run: %s%n", run);
        out.flush();
      }
    }
    return ExitCode.OK;
  }

  private Resolved resolve(WeightImport imported) throws IOException {
    Request pinned =
        NetworkOrigin.pin(
            TrainOptions.request(spec), imported.encoder(), imported.head(), "'" + file + "'");
    Map<String, List<String>> flags = new LinkedHashMap<>(pinned.flags());
    Normalization pixels = imported.normalization().orElseGet(Normalization::imageNet);
    flags.putIfAbsent("mean", NetworkOrigin.words(pixels.mean()));
    flags.putIfAbsent("std", NetworkOrigin.words(pixels.std()));
    if (imported.head().isPresent()) {
      flags.putIfAbsent("method", List.of(imported.isIbot() ? "ibot" : "dino"));
      flags.putIfAbsent("prototypes", List.of(imported.prototypes().label()));
      if (imported.isIbot()) {
        flags.putIfAbsent("last-layers", List.of(imported.lastLayers().label()));
      }
    }
    return Resolver.resolve(new Request(flags, pinned.file(), pinned.preset()), Optional.empty());
  }

  private Map<String, String> provenance() {
    return Map.of(NetworkOrigin.KEY, file.toAbsolutePath().toString(), "version", Main.VERSION);
  }

  private void print(PrintWriter out, TrainConfig config, ImportReport report) {
    var encoder = config.model().encoder();
    out.printf(
        "Encoder: %d blocks of width %d, %d heads, patches of %d pixels, positions for %d pixels%s%s%n",
        encoder.depth(),
        encoder.embedDim(),
        encoder.numHeads(),
        encoder.patchSize(),
        encoder.imageSize(),
        encoder.extras().registers() > 0
            ? ", %d registers".formatted(encoder.extras().registers())
            : "",
        encoder.extras().hasLayerScale() ? ", LayerScale" : "");
    if (report.hasHead()) {
      out.printf(
          "Head: %d prototypes of dimension %d, %s%n",
          config.model().head().numPrototypes(),
          config.model().head().bottleneckDim(),
          config.model().method().prototypes().label());
    }
    report.lines().forEach(out::println);
  }
}
