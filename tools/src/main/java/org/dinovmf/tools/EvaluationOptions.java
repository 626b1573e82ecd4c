package org.dinovmf.tools;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import org.dinovmf.savedmodel.Encoder;
import org.dinovmf.savedmodel.Versions;
import org.dinovmf.tools.embed.Digests;
import org.dinovmf.tools.embed.EmbedConfig;
import org.dinovmf.tools.embed.EncodingOptions;
import org.dinovmf.tools.features.FeatureStore;
import org.dinovmf.training.checkpoint.Checkpoint;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options of every evaluation: which encoder, where features are kept, how results are printed. */
final class EvaluationOptions {

  private static final ObjectMapper JSON = ResultJson.mapper();

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @ArgGroup(multiplicity = "1")
  private Source source;

  /** One of the two. */
  private static final class Source {
    @Option(
        names = "--run",
        paramLabel = "RUN",
        description = "Run whose teacher is evaluated, by its newest whole checkpoint.")
    private Optional<Path> run = Optional.empty();

    @Option(names = "--model", paramLabel = "DIR", description = "Exported model to evaluate.")
    private Optional<Path> model = Optional.empty();
  }

  @Option(
      names = "--checkpoint",
      paramLabel = "DIR",
      description = "Checkpoint folder of the run (default: the newest whole one).")
  private Optional<Path> checkpoint;

  @Option(
      names = "--cache",
      paramLabel = "DIR",
      description =
          "Folder in which features are kept, so that the next evaluation of the same encoder and "
              + "images computes none (default: nothing is kept).")
  private Optional<Path> cache;

  @Option(names = "--json", description = "Print JSON in place of the table.")
  private boolean isJson;

  @Mixin private EncodingOptions encoding;

  EmbedConfig config() {
    return encoding.config(spec.commandLine());
  }

  CommandLine commandLine() {
    return spec.commandLine();
  }

  PrintWriter err() {
    return spec.commandLine().getErr();
  }

  /** Refuses a cache where nothing would be kept in it. */
  void refuseCache(String reason) {
    if (cache.isPresent()) {
      throw new ParameterException(spec.commandLine(), "--cache keeps nothing here: " + reason);
    }
  }

  /** Opens the encoder, which is the caller's to close. */
  FeatureStore open(EmbedConfig config) throws IOException {
    if (source.model.isPresent()) {
      if (checkpoint.isPresent()) {
        throw new ParameterException(
            spec.commandLine(), "--checkpoint belongs to --run and cannot be given with --model");
      }
      Path version = Versions.resolve(source.model.get());
      String sum = cache.isPresent() ? Digests.ofFolder(version) : "";
      return new FeatureStore(Encoder.load(version, config.threads()), sum, cache, config);
    }
    TrainedEncoder trained =
        TrainedEncoder.of(source.run.orElseThrow(), checkpoint, err()::println);
    Checkpoint weights = trained.checkpoint();
    String sum = cache.isPresent() ? Digests.ofFolder(weights.directory()) : "";
    Encoder encoder = Encoder.fromCheckpoint(trained.source(), config.threads());
    return new FeatureStore(encoder, sum + trained.spec() + trained.source().head(), cache, config);
  }

  /** Prints the result, as the user asked. */
  void print(String table, JsonNode json) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (isJson) {
      out.println(JSON.writeValueAsString(json));
    } else {
      out.print(table);
      out.flush();
    }
  }
}
