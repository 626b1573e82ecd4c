package org.dinovmf.tools;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.dinovmf.graph.PositionRule;
import org.dinovmf.graph.preprocessing.Channels;
import org.dinovmf.graph.preprocessing.Normalization;
import org.dinovmf.tools.config.ConfigException;
import org.dinovmf.tools.config.Network;
import org.dinovmf.tools.config.Request;
import org.dinovmf.tools.config.Resolved;
import org.dinovmf.tools.config.Resolver;
import org.dinovmf.tools.config.Settings;
import org.dinovmf.tools.config.TrainOptions;
import org.dinovmf.training.RunRecord;
import org.dinovmf.training.TrainConfig;
import org.dinovmf.training.checkpoint.Checkpoints;
import org.dinovmf.training.checkpoint.TrainState;
import org.dinovmf.training.method.Method;
import org.dinovmf.training.method.PatchConfig;
import org.dinovmf.training.weights.ImportReport;
import org.dinovmf.training.weights.RunWeights;
import org.dinovmf.training.weights.WeightImport;
import picocli.CommandLine.Command;
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

  /** Both mean and deviation, so that opacity from 0 to 1 becomes -1 to 1. */
  private static final double MID_OPACITY = 0.5;

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
    Request request = TrainOptions.request(spec);
    Resolved given = Resolver.given(request, Optional.empty());
    if (given.get(Settings.INIT_FROM).isPresent()) {
      throw new ConfigException(
          List.of("import takes the weights of FILE; leave --init-from to train"));
    }
    RunFolder folder = RunFolder.of(given);
    int threads = given.get(Settings.THREADS).orElse(Runtime.getRuntime().availableProcessors());
    PrintWriter out = spec.commandLine().getOut();
    try (WeightImport imported =
        WeightImport.open(file, new WeightImport.Hints(heads, positions))) {
      Resolved resolved =
          Resolver.resolve(request, Optional.of(network(imported)), Optional.empty());
      TrainConfig config = resolved.trainConfig();
      try (UnfinishedRun unfinished = UnfinishedRun.begin(folder.path());
          RunWeights weights = new RunWeights(config, threads)) {
        ImportReport report = imported.copyTo(config, weights);
        RunFolder made = unfinished.folder();
        new Checkpoints(made.path(), 1).save(TrainState.start(1), weights::save);
        report.write(made.path());
        made.write(RunRecord.of(config, RunRecord.Data.none(), provenance()), resolved);
        unfinished.publish();
        print(out, config, report);
        out.printf("Run: %s%n", folder.path());
        out.flush();
      }
    }
    return ExitCodes.DONE;
  }

  /** What the file says of settings. */
  private Network network(WeightImport imported) throws IOException {
    Optional<Method> method = Optional.empty();
    if (imported.head().isPresent()) {
      Method standard = imported.isIbot() ? Method.ibot() : Method.dino();
      method =
          Optional.of(
              new Method(
                  imported.prototypes(),
                  standard.target(),
                  standard.center(),
                  standard.centerMomentum(),
                  standard.studentTemp(),
                  standard.weights(),
                  new PatchConfig(imported.lastLayers(), standard.patches().masks())));
    }
    return new Network(
        file.toString(), imported.encoder(), imported.head(), pixels(imported), method);
  }

  /** Those beside the file, which are of colors, else ImageNet's. */
  private static Normalization pixels(WeightImport imported) {
    Normalization colors = imported.normalization().orElseGet(Normalization::imageNet);
    int channels = imported.encoder().inChannels();
    return new Normalization(
        perChannel(colors.mean(), channels), perChannel(colors.std(), channels));
  }

  /** Ours: gray takes the mean of the colors, and full opacity becomes 1. */
  private static List<Double> perChannel(List<Double> ofColors, int channels) {
    if (channels == Channels.GRAY.count()) {
      return List.of(ofColors.stream().mapToDouble(value -> value).average().orElseThrow());
    }
    List<Double> values = new ArrayList<>(ofColors);
    if (channels == Channels.COLOR_AND_ALPHA.count()) {
      values.add(MID_OPACITY);
    }
    return values;
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
