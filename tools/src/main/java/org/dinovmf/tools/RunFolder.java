package org.dinovmf.tools;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.dinovmf.tools.config.ConfigException;
import org.dinovmf.tools.config.Resolved;
import org.dinovmf.tools.config.Settings;
import org.dinovmf.training.RunRecord;

/** The folder of a training run, by {@code --out}. */
record RunFolder(Path path) {

  private static final String CONFIG_FILE = "config.yaml";

  /**
   * The folder that was given.
   *
   * @throws ConfigException if there is none
   */
  static RunFolder of(Resolved given) {
    return new RunFolder(
        given
            .get(Settings.OUT)
            .orElseThrow(
                () -> new ConfigException(List.of("a folder for the run is needed: --out RUN"))));
  }

  /**
   * Refuses a folder that holds something already.
   *
   * @param advice what to do then
   * @throws ConfigException if it does
   */
  void requireNew(String advice) throws IOException {
    if (Files.exists(path) && !isEmptyFolder()) {
      throw new ConfigException(
          List.of("'%s' exists and is left as it is; %s".formatted(path, advice)));
    }
  }

  private boolean isEmptyFolder() throws IOException {
    if (!Files.isDirectory(path)) {
      return false;
    }
    try (Stream<Path> inside = Files.list(path)) {
      return inside.findAny().isEmpty();
    }
  }

  /** The resolved configuration of the run. */
  Path configFile() {
    return path.resolve(CONFIG_FILE);
  }

  /** Writes what the run is, once its folder exists. */
  void write(RunRecord record, Resolved resolved) throws IOException {
    record.write(path);
    Files.writeString(configFile(), resolved.toYaml(), StandardCharsets.UTF_8);
  }
}
