package org.dinovmf.tools;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.dinovmf.tools.embed.EmbedConfig;
import picocli.CommandLine.Option;

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

  Optional<Path> page() {
    return page;
  }
}
