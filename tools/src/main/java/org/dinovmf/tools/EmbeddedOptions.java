package org.dinovmf.tools;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.dinovmf.savedmodel.Encoder;
import org.dinovmf.tools.embed.EmbedConfig;
import org.dinovmf.tools.embed.EmbeddedFolder;
import org.dinovmf.tools.embed.TestPattern;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Which embeddings a command looks at, and where it shows what it finds. */
final class EmbeddedOptions {

  @Option(
      names = "--embeddings",
      paramLabel = "DIR",
      required = true,
      description = "Folder that 'dino-vmf embed' wrote.")
  private Path embeddings;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Where the embedded images are, for the page; may be given again.")
  private List<Path> data = List.of();

  @Option(names = "--page", paramLabel = "FILE", description = "Page to write.")
  private Optional<Path> page = Optional.empty();

  EmbeddedImages read(EmbedConfig config) throws IOException {
    return EmbeddedImages.read(embeddings, data, config);
  }

  /**
   * Refuses embeddings by another encoder as a wrong argument.
   *
   * @param version folder of the model's version
   */
  void requireModel(Encoder encoder, Path version, CommandLine commandLine) throws IOException {
    Optional<float[]> made = EmbeddedFolder.testEmbedding(embeddings);
    if (made.isPresent() && !TestPattern.isSame(made.get(), TestPattern.embedding(encoder))) {
      throw new ParameterException(
          commandLine,
          "--embeddings must be made by --model, but '%s' is of another encoder than '%s'; embed the images again"
              .formatted(embeddings, version));
    }
  }

  Optional<Path> page() {
    return page;
  }
}
