package org.dinovmf.training.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.collect.Lists;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The checkpoints of one run, in {@code RUN/checkpoints}.
 *
 * <p>A checkpoint is written into a folder aside, its files are forced to disk, the manifest comes
 * last and one rename makes it visible. So a crash at any moment leaves the ones before untouched,
 * and what is damaged later is recognised by its sums and passed over.
 */
public final class Checkpoints {

  /** In the folder of a run. */
  public static final String FOLDER = "checkpoints";

  private static final String STATE_FILE = "state.json";
  private static final String ASIDE = ".tmp-";
  private static final Pattern NAME = Pattern.compile("step-\\d{9,}");
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Writes TensorFlow's files of a checkpoint. */
  @FunctionalInterface
  public interface Writer {
    /**
     * Writes the variables.
     *
     * @param prefix path without {@code .index}, in an existing folder
     */
    void write(Path prefix) throws IOException;
  }

  private final Path folder;
  private final int keep;

  /**
   * The checkpoints of a run.
   *
   * @param keep how many of the newest are kept, at least 1
   */
  public Checkpoints(Path run, int keep) {
    if (keep < 1) {
      throw new IllegalArgumentException(
          "at least 1 checkpoint must be kept, but %d were asked for".formatted(keep));
    }
    this.folder = run.resolve(FOLDER);
    this.keep = keep;
  }

  /**
   * Saves a checkpoint and deletes those that are too old. A step follows from the ones before, so
   * a whole checkpoint of the same step is left as it is.
   */
  public Checkpoint save(TrainState state, Writer writer) throws IOException {
    Files.createDirectories(folder);
    String name = String.format(Locale.ROOT, "step-%09d", state.step());
    Path target = folder.resolve(name);
    if (Files.isDirectory(target)) {
      try {
        return read(target);
      } catch (CheckpointException e) {
        delete(target);
      }
    }
    Path aside = folder.resolve(ASIDE + name);
    delete(aside);
    Files.createDirectory(aside);
    try {
      writer.write(Checkpoint.prefix(aside));
      Files.write(aside.resolve(STATE_FILE), JSON.writeValueAsBytes(state));
      force(aside);
      Manifest.of(aside).write(aside);
      force(aside);
    } catch (IOException | RuntimeException e) {
      deleteAfter(e, aside); // half a checkpoint must not fill up a disk that is full
      throw e;
    }

    Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
    writePointer(name);
    forceFolder(folder);
    prune(target);
    return new Checkpoint(target, state);
  }

  /**
   * The newest checkpoint that is whole.
   *
   * @param warnings gets one line for each newer one that is not
   * @throws CheckpointException if there are checkpoints and every one is damaged
   */
  public Optional<Checkpoint> latestValid(Consumer<String> warnings) throws IOException {
    List<Path> newestFirst = Lists.reverse(list());
    for (Path directory : newestFirst) {
      try {
        return Optional.of(read(directory));
      } catch (IOException e) {
        warnings.accept(e.getMessage() + "; trying the one before");
      }
    }
    if (!newestFirst.isEmpty()) {
      throw new CheckpointException(
          "none of the %d checkpoints in '%s' can be read; start again with another --out"
              .formatted(newestFirst.size(), folder));
    }
    return Optional.empty();
  }

  /**
   * Verifies one checkpoint.
   *
   * @throws CheckpointException naming the damage
   */
  public static Checkpoint read(Path directory) throws IOException {
    Manifest.verify(directory);
    Path file = directory.resolve(STATE_FILE);
    try {
      return new Checkpoint(directory, JSON.readValue(Files.readAllBytes(file), TrainState.class));
    } catch (NoSuchFileException e) {
      throw new CheckpointException(
          "checkpoint '%s' lacks '%s'".formatted(directory, STATE_FILE), e);
    } catch (JsonProcessingException e) {
      throw new CheckpointException("checkpoint file '%s' is damaged".formatted(file), e);
    }
  }

  /** Oldest first. */
  private List<Path> list() throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(entry -> NAME.matcher(entry.getFileName().toString()).matches())
          .sorted()
          .toList();
    }
  }

  /**
   * Checkpoints ahead of what was saved do not count: a run only goes on from one before them if
   * they are damaged, and they must not push out whole ones.
   */
  private void prune(Path saved) throws IOException {
    List<Path> all = list();
    List<Path> oldestFirst = all.subList(0, all.indexOf(saved) + 1);
    for (Path old : oldestFirst.subList(0, Math.max(0, oldestFirst.size() - keep))) {
      delete(old);
    }
  }

  /** TensorFlow's pointer file, so that {@code tf.train.latest_checkpoint} finds the newest. */
  private void writePointer(String name) throws IOException {
    String text = "model_checkpoint_path: \"%s/%s\"\n".formatted(name, prefixName());
    AtomicFile.write(
        folder.resolve("checkpoint"), out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static String prefixName() {
    return Checkpoint.prefix(Path.of("")).getFileName().toString();
  }

  private static void delete(Path directory) throws IOException {
    if (Files.exists(directory)) {
      MoreFiles.deleteRecursively(directory, RecursiveDeleteOption.ALLOW_INSECURE);
    }
  }

  private static void deleteAfter(Exception fault, Path directory) {
    try {
      delete(directory);
    } catch (IOException e) {
      fault.addSuppressed(e);
    }
  }

  private static void force(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        forceFile(file);
      }
    }
    forceFolder(directory);
  }

  private static void forceFile(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  /** A folder is forced through a read channel, which Linux and macOS allow. */
  private static void forceFolder(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
