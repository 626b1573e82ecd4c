package org.dinovmf.tools;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
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
    return path.resolve(Resolved.FILE_NAME);
  }

  /**
   * Writes what the run is, once its folder exists: the configuration first, since the record makes
   * it a run. Each is replaced as a whole, so that a full disk leaves the one before.
   */
  void write(RunRecord record, Resolved resolved) throws IOException {
    resolved.writeTo(path);
    record.write(path);
  }

  /** What to say where images of a run are needed that has none. */
  String noImages() {
    return "the run '%s' has seen no images yet; give --data DIR".formatted(path);
  }

  /**
   * Removes a run that failed before it had begun.
   *
   * @param fault that is on its way; another one while removing is added to it
   */
  void remove(Exception fault) {
    try {
      MoreFiles.deleteRecursively(path, RecursiveDeleteOption.ALLOW_INSECURE);
    } catch (IOException e) {
      fault.addSuppressed(e);
    }
  }
}
