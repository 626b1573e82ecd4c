package org.dinovmf.tools.embed;

import org.dinovmf.training.data.DecodeRules;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Options of every command that runs an encoder over images. */
public final class EncodingOptions {

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

  @Option(
      names = "--allow-truncated",
      description = "Takes a JPEG or PNG with a damaged or missing end as far as it decodes.")
  private boolean allowsTruncated;

  /**
   * What the options say.
   *
   * @throws ParameterException if a number is below 1
   */
  public EmbedConfig config(CommandLine commandLine) {
    if (batchSize < 1 || threads < 1) {
      throw new ParameterException(
          commandLine,
          "--batch-size and --threads must be at least 1: --batch-size %d, --threads %d"
              .formatted(batchSize, threads));
    }
    DecodeRules rules = new DecodeRules(allowsTruncated, DecodeRules.standard().timeout());
    return EmbedConfig.of(batchSize, threads, rules);
  }
}
