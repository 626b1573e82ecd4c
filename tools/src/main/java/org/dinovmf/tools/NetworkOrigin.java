package org.dinovmf.tools;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.dinovmf.graph.WeightStore.Variable;
import org.dinovmf.tools.config.Network;
import org.dinovmf.training.RunRecord;
import org.dinovmf.training.TrainConfig;
import org.dinovmf.training.TrainGraph;
import org.dinovmf.training.Trainer;
import org.dinovmf.training.checkpoint.Checkpoint;
import org.dinovmf.training.checkpoint.CheckpointException;
import org.dinovmf.training.checkpoint.Checkpoints;
import org.dinovmf.training.method.Method;
import org.dinovmf.training.method.PrototypeKind;
import org.dinovmf.training.weights.PosteriorChange;
import org.dinovmf.training.weights.SavedWeights;

/**
 * The run whose weights another run starts from.
 *
 * @param run folder of the run
 * @param network what is taken of it
 */
record NetworkOrigin(Path run, TrainConfig config, Network network) {

  /** Where a run's record says that its network does not follow from its settings alone. */
  static final String KEY = "network-from";

  /** The run of {@code --init-from}. */
  static NetworkOrigin of(Path run) throws IOException {
    return new NetworkOrigin(run, RunRecord.read(run).config(), Network.ofRun(run));
  }

  /**
   * The run itself, where it is resumed and its network came from elsewhere.
   *
   * @param given source of the network, which must be that of before
   * @param warnings gets a line for each damaged checkpoint
   * @throws CheckpointException if another source is given, or if the run has lost its weights,
   *     which no seed gives again
   */
  static Optional<NetworkOrigin> ofResumed(
      Path run, Optional<Path> given, Consumer<String> warnings) throws IOException {
    RunRecord record = RunRecord.read(run);
    Optional<String> source = Optional.ofNullable(record.provenance().get(KEY));
    if (given.isPresent() && !source.equals(given.map(NetworkOrigin::absolute))) {
      throw new CheckpointException(
          "run '%s' cannot be resumed with init-from '%s': its weights came from %s"
              .formatted(run, given.get(), source.map("'%s'"::formatted).orElse("its seed")));
    }
    if (source.isEmpty()) {
      return Optional.empty();
    }
    if (new Checkpoints(run, 1).latestValid(warnings).isEmpty()) {
      throw new CheckpointException(
          "run '%s' has no checkpoint, and its weights came from '%s'; copy its checkpoints here, or start another run from there"
              .formatted(run, source.get()));
    }
    return Optional.of(
        new NetworkOrigin(run, record.config(), Network.of(run.toString(), record.config(), true)));
  }

  private static String absolute(Path path) {
    return path.toAbsolutePath().normalize().toString();
  }

  /**
   * Gives a new run the weights of this one's newest checkpoint.
   *
   * @param log gets what was taken and what changes by it
   */
  void load(Trainer trainer, TrainConfig wanted, Consumer<String> log) throws IOException {
    Checkpoint newest = TrainedEncoder.checkpoint(run, Optional.empty(), log);
    Method before = config.model().method();
    try (SavedWeights weights = new SavedWeights(config, newest.prefix())) {
      Set<String> names = new HashSet<>();
      for (Variable<?> variable : weights.variables()) {
        if (isTaken(variable.name(), before.equals(wanted.model().method()))) {
          names.add(variable.name());
        }
      }
      trainer.startFrom(newest.prefix(), names);
      log.accept(
          "Weights: the encoder%s of '%s' at step %d"
              .formatted(
                  hasHead() ? ", head and prototypes" : "; a fresh head",
                  run,
                  newest.state().step()));
      if (hasHead()) {
        change(before.prototypes(), wanted.model().method().prototypes(), weights).ifPresent(log);
      }
    }
  }

  /** What the record of a run says of where its network came from; a resumed one keeps it. */
  String source(boolean isResumed) throws IOException {
    return isResumed ? RunRecord.read(run).provenance().get(KEY) : absolute(run);
  }

  /** Whether head and prototypes are taken, too. */
  boolean hasHead() {
    return network.head().isPresent();
  }

  /** Centers are of use to the very same method alone. */
  private boolean isTaken(String name, boolean isSameMethod) {
    boolean isNetwork =
        name.startsWith(TrainGraph.STUDENT + "/") || name.startsWith(TrainGraph.TEACHER + "/");
    return isNetwork
        ? hasHead() || !name.contains("/head/")
        : hasHead() && isSameMethod && name.startsWith("method/");
  }

  private Optional<String> change(PrototypeKind before, PrototypeKind after, SavedWeights weights) {
    if (before == after) {
      return Optional.empty();
    }
    String start = "Prototypes: %s there, %s here; ".formatted(before.label(), after.label());
    return Optional.of(
        start
            + switch (before) {
              case UNIT ->
                  "their lengths start at 1, where the normalizer is the same for all, so that nothing changes until they are trained";
              case FREE ->
                  after == PrototypeKind.UNIT
                      ? "their lengths are left out"
                      : "the normalizer joins the logits; it changes, at "
                          + PosteriorChange.ofStudent(config, weights).line();
              case VMF ->
                  after == PrototypeKind.UNIT
                      ? "their lengths are left out"
                      : "the normalizer leaves the logits; it had changed, at "
                          + PosteriorChange.ofStudent(config, weights).line();
            });
  }
}
