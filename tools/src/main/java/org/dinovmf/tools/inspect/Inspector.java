package org.dinovmf.tools.inspect;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.dinovmf.savedmodel.Versions;
import org.dinovmf.tools.inspect.Inspection.Tensor;
import org.dinovmf.training.ModelConfig;
import org.dinovmf.training.RunRecord;
import org.dinovmf.training.checkpoint.Checkpoint;
import org.dinovmf.training.checkpoint.CheckpointException;
import org.dinovmf.training.checkpoint.Checkpoints;
import org.dinovmf.training.weights.StoredTensor;
import org.dinovmf.training.weights.WeightFile;

/** Tells what a path is, and inspects it. */
public final class Inspector {

  private static final String INDEX = ".index";

  private Inspector() {}

  /**
   * Inspects a run, a checkpoint, a SavedModel or a file of weights.
   *
   * @throws CheckpointException if it is none of these, or cannot be parsed
   */
  public static Inspection inspect(Path path) throws IOException {
    Path prefix = Path.of(path.toString().replaceFirst("\\.index$", ""));
    if (Files.isRegularFile(Path.of(prefix + INDEX))) {
      return bundle(prefix);
    }
    if (!Files.exists(path)) {
      throw new NoSuchFileException(path.toString());
    }
    if (!Files.isDirectory(path)) {
      return path.toString().endsWith(".onnx") ? OnnxFile.inspect(path) : weights(path);
    }
    if (RunRecord.exists(path)) {
      return run(path);
    }
    if (Files.isRegularFile(path.resolve("manifest.json"))) {
      return checkpoint(path);
    }
    try (Stream<Path> inside = Files.list(path)) {
      if (Stream.concat(Stream.of(path), inside)
          .noneMatch(folder -> Files.isRegularFile(folder.resolve("saved_model.pb")))) {
        throw new CheckpointException(
            "'%s' must hold a run.json, a manifest.json of a checkpoint or a saved_model.pb, but has none of these"
                .formatted(path));
      }
    }
    return SavedModelFile.inspect(Versions.resolve(path));
  }

  private static Inspection run(Path run) throws IOException {
    RunRecord record = RunRecord.read(run);
    ModelConfig model = record.config().model();
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("encoder", model.encoder().toString());
    facts.put(
        "head",
        "%d prototypes (%s)"
            .formatted(model.head().numPrototypes(), model.method().prototypes().label()));
    facts.put(
        "images",
        "%d, fingerprint %s".formatted(record.data().images(), record.data().fingerprint()));
    facts.putAll(record.provenance());
    List<String> flags = new ArrayList<>();
    Optional<Checkpoint> newest = new Checkpoints(run, 1).latestValid(flags::add);
    List<Tensor> tensors = List.of();
    if (newest.isPresent()) {
      facts.put("newest whole checkpoint", newest.get().directory().getFileName().toString());
      Bundle bundle = Bundle.read(newest.get().prefix());
      tensors = bundle.tensors();
      flags.addAll(bundle.flags());
    }
    return new Inspection("run", run.toString(), facts, tensors, FileSum.below(run), flags);
  }

  private static Inspection checkpoint(Path folder) throws IOException {
    List<String> flags = new ArrayList<>();
    Map<String, String> facts = new LinkedHashMap<>();
    Path prefix = folder.resolve("weights");
    try {
      Checkpoint checkpoint = Checkpoints.read(folder);
      facts.put("steps", Long.toString(checkpoint.state().step()));
      facts.put("steps an epoch", Long.toString(checkpoint.state().stepsPerEpoch()));
      prefix = checkpoint.prefix();
    } catch (CheckpointException e) {
      flags.add(e.getMessage());
    }
    Bundle bundle = Bundle.read(prefix);
    flags.addAll(bundle.flags());
    return new Inspection(
        "checkpoint of a run",
        folder.toString(),
        facts,
        bundle.tensors(),
        FileSum.below(folder),
        flags);
  }

  private static Inspection bundle(Path prefix) throws IOException {
    Bundle bundle = Bundle.read(prefix);
    List<FileSum> files = new ArrayList<>();
    String name = prefix.getFileName().toString();
    try (Stream<Path> beside = Files.list(prefix.toAbsolutePath().getParent())) {
      for (Path file : (Iterable<Path>) beside.sorted()::iterator) {
        String other = file.getFileName().toString();
        if (other.equals(name + INDEX) || other.startsWith(name + ".data-")) {
          files.add(FileSum.of(file, other));
        }
      }
    }
    return new Inspection(
        "TensorFlow checkpoint",
        prefix.toString(),
        Map.of(),
        bundle.tensors(),
        files,
        bundle.flags());
  }

  private static Inspection weights(Path file) throws IOException {
    List<Tensor> tensors = new ArrayList<>();
    Map<String, String> facts = new LinkedHashMap<>();
    try (WeightFile weights = WeightFile.open(file)) {
      for (Map.Entry<String, Map<String, StoredTensor>> group : weights.groups().entrySet()) {
        String prefix = group.getKey().isEmpty() ? "" : group.getKey() + ": ";
        for (Map.Entry<String, StoredTensor> tensor : group.getValue().entrySet()) {
          tensors.add(tensor(prefix + tensor.getKey(), tensor.getValue()));
        }
      }
      facts.putAll(weights.metadata());
      if (!weights.others().isEmpty()) {
        facts.put("other entries", String.join(", ", weights.others()));
      }
    }
    return new Inspection(
        "weights",
        file.toString(),
        facts,
        tensors,
        List.of(FileSum.of(file, file.getFileName().toString())),
        List.of());
  }

  private static Tensor tensor(String name, StoredTensor stored) {
    List<Long> shape = new ArrayList<>();
    for (long size : stored.shape().asArray()) {
      shape.add(size);
    }
    return new Tensor(
        name,
        stored.type().name().toLowerCase(Locale.ROOT),
        shape,
        stored.shape().size() * stored.type().bytes());
  }
}
