package org.dinovmf.tools;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.dinovmf.graph.HeadConfig;
import org.dinovmf.graph.VitConfig;
import org.dinovmf.graph.VitConfig.Variant;
import org.dinovmf.graph.WeightStore.Variable;
import org.dinovmf.tools.config.ConfigException;
import org.dinovmf.tools.config.Request;
import org.dinovmf.training.ModelConfig;
import org.dinovmf.training.RunRecord;
import org.dinovmf.training.TrainConfig;
import org.dinovmf.training.TrainGraph;
import org.dinovmf.training.Trainer;
import org.dinovmf.training.checkpoint.Checkpoint;
import org.dinovmf.training.method.Method;
import org.dinovmf.training.method.PrototypeKind;
import org.dinovmf.training.weights.ImportReport;
import org.dinovmf.training.weights.PosteriorChange;
import org.dinovmf.training.weights.SavedWeights;

/**
 * The run whose network another run starts from. Its sizes are not choices any more: they become
 * settings as if the user had given them, and what no setting can say is taken over as it is.
 *
 * @param run folder of the run
 * @param hasHead whether the head is taken too; that of an imported encoder is fresh
 */
record NetworkOrigin(Path run, TrainConfig config, boolean hasHead) {

  /** Where a run's record says that its network does not follow from its settings alone. */
  static final String KEY = "network-from";

  private static final int PUBLISHED_SIDE = 224;
  private static final int PUBLISHED_LOCAL_SIDE = 96;

  /** The run of {@code --init-from}. */
  static NetworkOrigin of(Path run) throws IOException {
    RunRecord record = RunRecord.read(run);
    boolean isUntouched = record.data().images() == 0;
    boolean importedHead = ImportReport.read(run).map(ImportReport::hasHead).orElse(true);
    return new NetworkOrigin(run, record.config(), importedHead || !isUntouched);
  }

  /** The run itself, where it is resumed and its network came from elsewhere. */
  static Optional<NetworkOrigin> ofResumed(Path run) throws IOException {
    RunRecord record = RunRecord.read(run);
    return record.provenance().containsKey(KEY)
        ? Optional.of(new NetworkOrigin(run, record.config(), true))
        : Optional.empty();
  }

  /**
   * What was given, with the sizes of the network.
   *
   * @throws ConfigException if an option gives another size
   */
  Request pin(Request given) {
    Optional<HeadConfig> head = hasHead ? Optional.of(config.model().head()) : Optional.empty();
    Request pinned = pin(given, config.model().encoder(), head, "the network of '" + run + "'");
    return given.file().isPresent()
        ? pinned
        : suggest(
            pinned,
            Map.of(
                "mean", words(config.normalization().mean()),
                "std", words(config.normalization().std())));
  }

  /**
   * What was given, with the sizes of a network.
   *
   * @param name of the network in messages
   */
  static Request pin(Request given, VitConfig encoder, Optional<HeadConfig> head, String name) {
    Map<String, List<String>> fixed = new LinkedHashMap<>();
    variant(encoder).ifPresent(variant -> fixed.put("arch", List.of(variant.label())));
    fixed.put("patch-size", List.of(Integer.toString(encoder.patchSize())));
    head.ifPresent(
        sizes -> {
          fixed.put("head-hidden-dim", List.of(Integer.toString(sizes.hiddenDim())));
          fixed.put("bottleneck-dim", List.of(Integer.toString(sizes.bottleneckDim())));
          fixed.put("num-prototypes", List.of(Integer.toString(sizes.numPrototypes())));
        });
    Map<String, List<String>> flags = new LinkedHashMap<>(given.flags());
    List<String> faults = new ArrayList<>();
    fixed.forEach(
        (key, words) -> {
          List<String> before = flags.put(key, words);
          if (before != null && !before.equals(words)) {
            faults.add(
                "--%s is %s but must be %s"
                    .formatted(key, String.join(" ", before), String.join(" ", words)));
          }
        });
    if (!faults.isEmpty()) {
      throw new ConfigException(
          List.of(
              "options must fit %s: %s; leave them out"
                  .formatted(name, String.join("; ", faults))));
    }
    Request pinned = new Request(flags, given.file(), given.preset());
    return given.file().isPresent() || given.preset().isPresent()
        ? pinned
        : suggest(pinned, sides(encoder));
  }

  /** Sides of crops for the network, as the published training has them where they fit. */
  private static Map<String, List<String>> sides(VitConfig encoder) {
    int patch = encoder.patchSize();
    boolean isLarge = encoder.imageSize() > PUBLISHED_SIDE && PUBLISHED_SIDE % patch == 0;
    int side = isLarge ? PUBLISHED_SIDE : encoder.imageSize();
    double wanted = (double) side * PUBLISHED_LOCAL_SIDE / PUBLISHED_SIDE;
    int local = Math.max(1, (int) Math.round(wanted / patch)) * patch;
    return Map.of(
        "image-size", List.of(Integer.toString(side)),
        "local-size", List.of(Integer.toString(local)));
  }

  private static Request suggest(Request request, Map<String, List<String>> words) {
    Map<String, List<String>> flags = new LinkedHashMap<>(request.flags());
    words.forEach(flags::putIfAbsent);
    return new Request(flags, request.file(), request.preset());
  }

  /** Numbers as options take them. */
  static List<String> words(List<Double> numbers) {
    return numbers.stream().map(number -> Double.toString(number)).toList();
  }

  private static Optional<Variant> variant(VitConfig encoder) {
    for (Variant variant : Variant.values()) {
      VitConfig plain =
          variant.config(encoder.imageSize(), encoder.patchSize(), encoder.inChannels());
      if (plain.embedDim() == encoder.embedDim()
          && plain.depth() == encoder.depth()
          && plain.numHeads() == encoder.numHeads()) {
        return Optional.of(variant);
      }
    }
    return Optional.empty();
  }

  /** A configuration with this network's encoder, which settings can only say in part. */
  TrainConfig adapt(TrainConfig wanted) {
    return adapt(wanted, config.model().encoder());
  }

  /** A configuration with another encoder. */
  static TrainConfig adapt(TrainConfig wanted, VitConfig encoder) {
    HeadConfig head = wanted.model().head();
    return new TrainConfig(
        new ModelConfig(
            wanted.model().method(),
            encoder,
            new HeadConfig(
                encoder.embedDim(), head.hiddenDim(), head.bottleneckDim(), head.numPrototypes()),
            wanted.model().dropPath()),
        wanted.crops(),
        wanted.normalization(),
        wanted.evaluation(),
        wanted.batch(),
        wanted.optimizer(),
        wanted.schedule(),
        wanted.seed());
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
                  hasHead ? ", head and prototypes" : "; a fresh head",
                  run,
                  newest.state().step()));
      if (hasHead) {
        change(before.prototypes(), wanted.model().method().prototypes(), weights).ifPresent(log);
      }
    }
  }

  /** Centers are of use to the very same method alone. */
  private boolean isTaken(String name, boolean isSameMethod) {
    boolean isNetwork =
        name.startsWith(TrainGraph.STUDENT + "/") || name.startsWith(TrainGraph.TEACHER + "/");
    return isNetwork
        ? hasHead || !name.contains("/head/")
        : hasHead && isSameMethod && name.startsWith("method/");
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
