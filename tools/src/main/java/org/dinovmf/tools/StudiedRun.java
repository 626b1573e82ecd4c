package org.dinovmf.tools;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.dinovmf.savedmodel.Ability;
import org.dinovmf.savedmodel.Encoder;
import org.dinovmf.tools.analysis.AssignedImages;
import org.dinovmf.tools.analysis.Doctor;
import org.dinovmf.tools.analysis.SeenImages;
import org.dinovmf.tools.embed.EmbedConfig;
import org.dinovmf.training.RunRecord;
import org.dinovmf.training.TrainConfig;
import org.dinovmf.training.checkpoint.Checkpoint;
import org.dinovmf.training.checkpoint.Checkpoints;
import org.dinovmf.training.data.ImageIndex;
import org.dinovmf.training.data.ImageIndexer;
import org.dinovmf.training.data.MultiCropConfig;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/**
 * A run whose newest teacher is looked at. Owns the encoder.
 *
 * @param log gets warnings
 */
record StudiedRun(
    Path path, RunRecord record, Checkpoint checkpoint, Encoder encoder, Consumer<String> log)
    implements AutoCloseable {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /** Opens the newest whole checkpoint of a run that may have none yet. */
  static Optional<StudiedRun> openIfSaved(Path run, int threads, Consumer<String> log)
      throws IOException {
    Optional<Checkpoint> newest = new Checkpoints(run, 1).latestValid(log);
    return newest.isPresent()
        ? Optional.of(open(run, TrainedEncoder.of(run, newest.get()), threads, log))
        : Optional.empty();
  }

  /** Opens the newest whole checkpoint of a run. */
  static StudiedRun open(Path run, int threads, Consumer<String> log) throws IOException {
    return open(run, TrainedEncoder.of(run, Optional.empty(), log), threads, log);
  }

  private static StudiedRun open(
      Path run, TrainedEncoder trained, int threads, Consumer<String> log) throws IOException {
    return new StudiedRun(
        run,
        RunRecord.read(run),
        trained.checkpoint(),
        Encoder.fromCheckpoint(trained.source(), threads),
        log);
  }

  TrainConfig config() {
    return record.config();
  }

  /** Whether there are prototypes to look at; an imported encoder may be without. */
  boolean hasPrototypes() {
    return encoder.has(Ability.PROTOTYPES) && encoder.has(Ability.SPHERE_EMBEDDINGS);
  }

  /** Refuses a run without prototypes as a wrong argument. */
  void requirePrototypes(CommandLine commandLine) {
    if (!hasPrototypes()) {
      throw new ParameterException(
          commandLine,
          "run '%s' has no trained head, and so no prototypes; train it on images first"
              .formatted(path));
    }
  }

  /** Every setting as text: the run's own file, or what its record has. */
  static String configuration(Path run, RunRecord record) throws IOException {
    Path file = new RunFolder(run).configFile();
    return Files.exists(file)
        ? Files.readString(file, StandardCharsets.UTF_8)
        : JSON.writeValueAsString(record.config());
  }

  /**
   * Images to look at.
   *
   * @param data where they are; empty for those of the run, and nothing where these are not where
   *     they were
   */
  Optional<ImageIndex> images(List<Path> data, EmbedConfig config) throws IOException {
    List<Path> own = record.data().sources().stream().map(Path::of).toList();
    List<Path> sources = data.isEmpty() ? own : data;
    if (data.isEmpty() && (own.isEmpty() || !own.stream().allMatch(Files::exists))) {
      return Optional.empty();
    }
    return Optional.of(ImageIndexer.scan(sources, config.limits(), config.threads()));
  }

  /** Why there are no images of the run to look at. */
  String imagesMissing() {
    List<String> sources = record.data().sources();
    return sources.isEmpty()
        ? new RunFolder(path).noImages()
        : "the images of the run '%s' are not where they were, %s; give --data DIR"
            .formatted(path, sources);
  }

  /** What the newest teacher makes of images; at most so many of them. */
  AssignedImages assign(ImageIndex index, int most, EmbedConfig config) throws IOException {
    return AssignedImages.of(
        SeenImages.of(encoder, index, most, config, log),
        encoder.prototypes(),
        encoder.temperature(),
        config().model().method().prototypes(),
        config.threads());
  }

  /** What the doctor must know of a run's settings. */
  static Doctor.Run doctorsRun(TrainConfig config) {
    return new Doctor.Run(
        Math.max(config.schedule().warmupEpochs(), config.schedule().warmupTeacherTempEpochs()),
        MultiCropConfig.GLOBAL_CROPS * config.batch().batchSize());
  }

  @Override
  public void close() {
    encoder.close();
  }
}
