package org.dinovmf.tools;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.dinovmf.tools.config.ConfigException;
import org.dinovmf.tools.config.Resolved;
import org.dinovmf.training.RunRecord;
import org.dinovmf.training.checkpoint.Checkpoints;
import org.dinovmf.training.checkpoint.WriteLock;
import org.dinovmf.training.weights.ImportReport;

/**
 * An imported run in the making: in a folder aside that is beside the run's, or in it where it
 * exists, since it may be a disk of its own. Owns a lock on the folder aside, which is gone after
 * {@link #publish} and {@link #close}.
 */
final class UnfinishedRun implements AutoCloseable {

  /** Name of the folder aside, or its end. */
  static final String PARTIAL = ".partial";

  /** The first file aside and the last to go: what lies there without it is not ours. */
  private static final String LOCK = "import.lock";

  /** What a run is made of, in the order in which it is taken over. */
  private static final List<String> PARTS =
      List.of(Checkpoints.FOLDER, ImportReport.FILE_NAME, Resolved.FILE_NAME, RunRecord.FILE_NAME);

  /** Of a file that is half written. */
  private static final Pattern HALF = Pattern.compile("\\.(.*)\\.tmp-\\d+");

  private final Path run;
  private final Path aside;
  private final FileChannel lock;

  private UnfinishedRun(Path run, Path aside, FileChannel lock) {
    this.run = run;
    this.aside = aside;
    this.lock = lock;
  }

  /**
   * Makes the folder aside; what an import that was killed has left goes.
   *
   * @param run folder that is missing or holds nothing but such a rest
   * @throws ConfigException if it holds something else, or the folder aside would be another's
   * @throws IOException if another import is writing there
   */
  static UnfinishedRun begin(Path run) throws IOException {
    Path absolute = run.toAbsolutePath().normalize();
    Path aside =
        Files.isDirectory(absolute)
            ? absolute.resolve(PARTIAL)
            : absolute.resolveSibling("." + absolute.getFileName() + PARTIAL);
    requireRoom(run, aside);
    Files.createDirectories(aside);
    FileChannel lock =
        FileChannel.open(aside.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      WriteLock.hold(
          lock,
          "another import is writing to '%s'; wait for it or give --out another name"
              .formatted(run));
      requireRoom(run, aside); // another may have come to its end since
      UnfinishedRun begun = new UnfinishedRun(absolute, aside, lock);
      begun.removeParts();
      return begun;
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /** Whether a folder holds what an import that was killed has left, and nothing else. */
  static boolean isIn(Path run) throws IOException {
    Path aside = run.resolve(PARTIAL);
    return Files.exists(aside, LinkOption.NOFOLLOW_LINKS) && isOurs(aside) && isRest(run, aside);
  }

  private static void requireRoom(Path run, Path aside) throws IOException {
    if (!isOurs(aside)) {
      throw new ConfigException(
          List.of(
              "'%s' is of no import and is left as it is; give --out another name"
                  .formatted(aside)));
    }
    if (Files.exists(run) && !(Files.isDirectory(run) && isRest(run, aside))) {
      new RunFolder(run).requireNew("give --out another name");
    }
  }

  /** Whether a folder is missing or such as an import makes; no link. */
  private static boolean isOurs(Path aside) throws IOException {
    if (!Files.exists(aside, LinkOption.NOFOLLOW_LINKS)) {
      return true;
    }
    if (!Files.isDirectory(aside, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    Set<String> names = names(aside);
    return names.isEmpty()
        || (names.contains(LOCK)
            && names.stream()
                .map(name -> HALF.matcher(name).replaceFirst("$1"))
                .allMatch(name -> name.equals(LOCK) || PARTS.contains(name)));
  }

  /**
   * Whether a folder holds nothing but the folder aside and parts that were taken over from there.
   * The record is not: with it the import was done.
   */
  private static boolean isRest(Path run, Path aside) throws IOException {
    Set<String> parts = names(run);
    parts.remove(PARTIAL);
    if (parts.isEmpty()) {
      return true;
    }
    Set<String> waiting = Files.isDirectory(aside) ? names(aside) : Set.of();
    return waiting.contains(RunRecord.FILE_NAME)
        && PARTS.containsAll(parts)
        && Collections.disjoint(parts, waiting);
  }

  private static Set<String> names(Path folder) throws IOException {
    try (Stream<Path> inside = Files.list(folder)) {
      return inside.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
    }
  }

  /** Where the run is made. */
  RunFolder folder() {
    return new RunFolder(aside);
  }

  /** Makes the run seen, the record last: it makes a folder a run. */
  void publish() throws IOException {
    if (!isInside()) {
      Files.move(aside, run, StandardCopyOption.ATOMIC_MOVE);
      Files.delete(run.resolve(LOCK));
      return;
    }
    for (String part : PARTS) {
      Files.move(aside.resolve(part), run.resolve(part), StandardCopyOption.ATOMIC_MOVE);
    }
    Files.delete(aside.resolve(LOCK));
    Files.delete(aside);
  }

  private boolean isInside() {
    return aside.startsWith(run);
  }

  /** Removes what was taken over, then what was not, by which the former is known. */
  private void removeParts() throws IOException {
    if (isInside() && isRest(run, aside)) {
      removeAllBut(PARTIAL, run);
    }
    removeAllBut(LOCK, aside);
  }

  private static void removeAllBut(String kept, Path folder) throws IOException {
    for (String name : names(folder)) {
      if (!name.equals(kept)) {
        MoreFiles.deleteRecursively(folder.resolve(name), RecursiveDeleteOption.ALLOW_INSECURE);
      }
    }
  }

  /** Leaves nothing of a run that was not published. */
  @Override
  public void close() throws IOException {
    try (lock) {
      if (Files.exists(aside)) {
        removeParts();
        Files.delete(aside.resolve(LOCK));
        Files.delete(aside);
      }
    }
  }
}
