package org.dinovmf.tools;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.dinovmf.tools.config.ConfigException;
import org.dinovmf.tools.config.Resolved;
import org.dinovmf.tools.config.Settings;
import org.dinovmf.training.RunRecord;

/** The folder of a training run, by {@code --out}. */
record RunFolder(Path path) {

  private static final String PARTIAL = ".partial";

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
    require(!Files.exists(path) || isFolderOf(Set.of()), advice);
  }

  /**
   * As {@link #requireNew}, but what was made aside in the folder until a kill may be there, which
   * {@link #aside} removes.
   */
  void requireNewOrStopped(String advice) throws IOException {
    require(!Files.exists(path) || isFolderOf(Set.of(PARTIAL)), advice);
  }

  private void require(boolean isNew, String advice) {
    if (!isNew) {
      throw new ConfigException(
          List.of("'%s' exists and is left as it is; %s".formatted(path, advice)));
    }
  }

  /** Whether this is a folder that holds nothing but what has the given names. */
  private boolean isFolderOf(Set<String> names) throws IOException {
    if (!Files.isDirectory(path)) {
      return false;
    }
    try (Stream<Path> inside = Files.list(path)) {
      return inside.allMatch(file -> names.contains(file.getFileName().toString()));
    }
  }

  /**
   * A folder in which a run is made, to be {@link #publish}ed as a whole: beside this one, or in it
   * where it exists, since it may be a disk of its own.
   */
  RunFolder aside() throws IOException {
    Path absolute = path.toAbsolutePath().normalize();
    Path made =
        Files.isDirectory(absolute)
            ? absolute.resolve(PARTIAL)
            : absolute.resolveSibling("." + absolute.getFileName() + PARTIAL);
    if (Files.exists(made)) {
      MoreFiles.deleteRecursively(made, RecursiveDeleteOption.ALLOW_INSECURE);
    }
    return new RunFolder(Files.createDirectories(made));
  }

  /** Takes over what was made aside, the record last: it makes a folder a run. */
  void publish(RunFolder finished) throws IOException {
    if (!Files.isDirectory(path)) {
      Files.move(finished.path, path, StandardCopyOption.ATOMIC_MOVE);
      return;
    }
    List<Path> files;
    try (Stream<Path> made = Files.list(finished.path)) {
      files = made.sorted(Comparator.comparing(RunRecord::isRecord)).toList();
    }
    for (Path file : files) {
      Files.move(file, path.resolve(file.getFileName()), StandardCopyOption.ATOMIC_MOVE);
    }
    Files.delete(finished.path);
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
