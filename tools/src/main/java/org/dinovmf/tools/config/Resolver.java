package org.dinovmf.tools.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dinovmf.graph.preprocessing.EvalTransform;
import org.dinovmf.training.method.Method;

/**
 * Puts the layers together: flag, file, preset, network, automatic choice, built-in value; the
 * first that has a value wins. The sizes of a network can only be confirmed.
 */
public final class Resolver {

  /** A configuration file may name the preset that it changes. */
  static final String PRESET_KEY = "preset";

  /**
   * Up to this side images are small as a whole, and an object reaches their border: nothing is cut
   * off. Ours.
   */
  private static final int WHOLE_SIDE = 64;

  private final Request request;
  private final Optional<Network> network;
  private final List<String> faults = new ArrayList<>();
  private final Entries entries = new Entries();

  private Resolver(Request request, Optional<Network> network) {
    this.request = request;
    this.network = network;
  }

  /**
   * Resolves what a user gives.
   *
   * @param network whose weights are taken
   * @param facts of the images and the device; without them nothing is chosen automatically
   * @throws ConfigException with all faults of what is given
   */
  public static Resolved resolve(
      Request request, Optional<Network> network, Optional<Facts> facts) {
    return new Resolver(request, network).run(facts);
  }

  /**
   * The values by flag, file and preset, and else the built-in ones, before anything is known of
   * the images; whether they go together is not asked.
   *
   * @param network whose weights are taken
   * @throws ConfigException with all faults of what is given
   */
  public static Resolved given(Request request, Optional<Network> network) {
    Resolver resolver = new Resolver(request, network);
    resolver.readGiven();
    Settings.all().forEach(resolver::addBuiltIn);
    return new Resolved(resolver.entries, network);
  }

  private Resolved run(Optional<Facts> facts) {
    boolean hasPreset = readGiven();
    if (network.isEmpty() && entries.value(Settings.ARCH).isEmpty()) {
      throw new ConfigException(
          List.of(
              "%s needs the weights of a network: give --init-from, or one of --arch %s"
                  .formatted(entries.describe(Settings.ARCH), Settings.ARCH.type().label())));
    }
    network.ifPresent(known -> offer(known.suggestions(entries)));
    facts.ifPresent(known -> AutoDefaults.add(entries, hasPreset, network, known));
    Settings.all().forEach(this::addBuiltIn);
    settle(facts);
    Resolved resolved = new Resolved(entries, network);
    resolved.check();
    return resolved;
  }

  /** Takes the values of flags, file, network and preset; whether there is a preset. */
  private boolean readGiven() {
    List<String> keys = new ArrayList<>(Settings.keys());
    keys.add(PRESET_KEY);
    Map<String, ConfigFile.Value> file =
        request.file().map(path -> ConfigFile.read(path, keys, faults)).orElse(Map.of());
    Entries fromFile = new Entries();
    for (Setting<?> setting : Settings.all()) {
      addGiven(setting, file, fromFile);
    }
    offer(fromFile);
    Optional<Preset> preset = preset(file);
    network.ifPresent(known -> faults.addAll(known.fix(entries)));
    if (!faults.isEmpty()) {
      throw new ConfigException(faults);
    }
    network.ifPresent(known -> known.offerPixels(entries));
    preset.ifPresent(found -> offer(found.layer()));
    return preset.isPresent();
  }

  /**
   * Takes a weaker layer over. What it says for its own method does not hold for another one that
   * was chosen above it: prototypes of length 1 would leave out the normalizer of DINO-vMF.
   */
  private void offer(Entries layer) {
    boolean isOfOther =
        entries.has(Settings.METHOD_NAME)
            && layer.has(Settings.METHOD_NAME)
            && entries.value(Settings.METHOD_NAME) != layer.value(Settings.METHOD_NAME);
    List<Setting<?>> left = new ArrayList<>();
    if (isOfOther) {
      left.addAll(Settings.ofMethod());
      if (!entries.value(Settings.METHOD_NAME).standard().masksPatches()) {
        left.addAll(Settings.ofMaskedPatches());
      }
    }
    for (Setting<?> setting : Settings.all()) {
      if (!left.contains(setting)) {
        entries.offer(setting, layer);
      }
    }
  }

  private <T> void addGiven(
      Setting<T> setting, Map<String, ConfigFile.Value> file, Entries fromFile) {
    List<String> words = request.flags().get(setting.key());
    if (words != null) {
      parse(entries, setting, words, "--" + setting.key(), Origin.flag());
    }
    ConfigFile.Value value = file.get(setting.key());
    if (value != null) {
      // Read even where a flag wins, so that a fault in the file is told.
      String name = request.file().orElseThrow().toString();
      parse(
          fromFile,
          setting,
          value.words(),
          "%s:%d: %s".formatted(name, value.line(), setting.key()),
          Origin.file(name, value.line()));
    }
  }

  private <T> void parse(
      Entries layer, Setting<T> setting, List<String> words, String place, Origin origin) {
    try {
      layer.offer(setting, setting.parse(words), origin);
    } catch (IllegalArgumentException e) {
      faults.add("%s %s".formatted(place, e.getMessage()));
    }
  }

  private Optional<Preset> preset(Map<String, ConfigFile.Value> file) {
    Optional<String> name =
        request
            .preset()
            .or(
                () ->
                    Optional.ofNullable(file.get(PRESET_KEY))
                        .map(value -> String.join(" ", value.words())));
    if (name.isEmpty()) {
      return Optional.empty();
    }
    Optional<Preset> preset = Presets.find(name.get());
    if (preset.isEmpty()) {
      String nearest =
          NearestName.of(name.get(), Presets.names())
              .map("; did you mean '%s'?"::formatted)
              .orElse("");
      faults.add(
          "preset must be one of %s, but is '%s'%s"
              .formatted(String.join(", ", Presets.names()), name.get(), nearest));
    }
    return preset;
  }

  private <T> void addBuiltIn(Setting<T> setting) {
    entries.offer(setting, setting.builtIn(), Origin.builtIn(setting.source()));
  }

  /** Gives the settings that follow from others their value. */
  private void settle(Optional<Facts> facts) {
    MethodChoice choice = entries.value(Settings.METHOD_NAME);
    Method method = choice.standard();
    String ofMethod = "as method %s has it".formatted(choice.label());
    settle(Settings.PROTOTYPES, method.prototypes(), ofMethod);
    settle(Settings.CENTER, method.center(), ofMethod);
    int size = entries.value(Settings.IMAGE_SIZE);
    if (size <= WHOLE_SIDE) {
      int whole = EvalTransform.whole(size).resize();
      settle(Settings.EVAL_RESIZE, whole, "small images are not cut");
    } else {
      int published = EvalTransform.published(size).resize();
      settle(Settings.EVAL_RESIZE, published, "the published ratio of 256 to 224");
    }
    int epochs = entries.value(Settings.EPOCHS);
    if (!isGiven(Settings.WARMUP_EPOCHS) && entries.value(Settings.WARMUP_EPOCHS) > epochs) {
      entries.put(
          Settings.WARMUP_EPOCHS,
          AutoDefaults.warmupEpochs(epochs),
          Origin.auto("a tenth of the %d epochs".formatted(epochs)));
    }
    facts.ifPresent(
        known ->
            settle(
                Settings.THREADS,
                known.cores(),
                "one for each of the %d CPU cores".formatted(known.cores())));
  }

  /** Whether the user set the very value, so that it must stay. */
  private boolean isGiven(Setting<?> setting) {
    Origin.Kind kind = entries.get(setting).orElseThrow().origin().kind();
    return kind == Origin.Kind.FLAG || kind == Origin.Kind.FILE;
  }

  private <T> void settle(Setting<Optional<T>> setting, T value, String reason) {
    if (entries.value(setting).isEmpty()) {
      entries.put(setting, Optional.of(value), Origin.auto(reason));
    }
  }
}
