package org.dinovmf.tools;

import org.dinovmf.tools.embed.EmbedConfig;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Options of every command that runs an encoder over images. */
final class EncodingOptions {

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      defaultValue = "32",
      description = "Images in the encoder at a time (default: ${DEFAULT-VALUE}).")
  private int batchSize;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Bound of each pool of threads (default: one for each core).")
  private int threads = Runtime.getRuntime().availableProcessors();

  EmbedConfig config(CommandLine commandLine) {
    if (batchSize < 1 || threads < 1) {
      throw new ParameterException(
          commandLine,
          "--batch-size and --threads must be at least 1: --batch-size %d, --threads %d"
              .formatted(batchSize, threads));
    }
    return EmbedConfig.of(batchSize, threads);
  }
}
