package org.dinovmf.tools.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dinovmf.graph.preprocessing.EvalTransform;
import org.dinovmf.training.method.Method;

/**
 * Puts the layers together: flag, file, preset, automatic choice, built-in value; the first that
 * has a value wins.
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
  private final List<String> faults = new ArrayList<>();
  private final Entries entries = new Entries();

  private Resolver(Request request) {
    this.request = request;
  }

  /**
   * Resolves what a user gives.
   *
   * @param facts of the images and the device; without them nothing is chosen automatically
   * @throws ConfigException with all faults of what is given
   */
  public static Resolved resolve(Request request, Optional<Facts> facts) {
    return new Resolver(request).run(facts);
  }

  /**
   * The values by flag, file and preset, and else the built-in ones, before anything is known of
   * the images; whether they go together is not asked.
   *
   * @throws ConfigException with all faults of what is given
   */
  public static Resolved given(Request request) {
    Resolver resolver = new Resolver(request);
    resolver.readGiven().ifPresent(preset -> preset.offerTo(resolver.entries));
    Settings.all().forEach(resolver::addBuiltIn);
    return new Resolved(resolver.entries);
  }

  private Resolved run(Optional<Facts> facts) {
    Optional<Preset> preset = readGiven();
    preset.ifPresent(found -> found.offerTo(entries));
    facts.ifPresent(known -> AutoDefaults.add(entries, preset.isPresent(), known));
    Settings.all().forEach(this::addBuiltIn);
    settle(facts);
    Resolved resolved = new Resolved(entries);
    resolved.check();
    return resolved;
  }

  /** Takes the values of flags and file, and returns the preset. */
  private Optional<Preset> readGiven() {
    List<String> keys = new ArrayList<>(Settings.keys());
    keys.add(PRESET_KEY);
    Map<String, ConfigFile.Value> file =
        request.file().map(path -> ConfigFile.read(path, keys, faults)).orElse(Map.of());
    for (Setting<?> setting : Settings.all()) {
      addGiven(setting, file);
    }
    Optional<Preset> preset = preset(file);
    if (!faults.isEmpty()) {
      throw new ConfigException(faults);
    }
    return preset;
  }

  private <T> void addGiven(Setting<T> setting, Map<String, ConfigFile.Value> file) {
    List<String> words = request.flags().get(setting.key());
    if (words != null) {
      parse(setting, words, "--" + setting.key(), Origin.flag());
    }
    ConfigFile.Value value = file.get(setting.key());
    if (value != null) {
      // Read even where a flag wins, so that a fault in the file is told.
      String name = request.file().orElseThrow().toString();
      parse(
          setting,
          value.words(),
          "%s:%d: %s".formatted(name, value.line(), setting.key()),
          Origin.file(name, value.line()));
    }
  }

  private <T> void parse(Setting<T> setting, List<String> words, String place, Origin origin) {
    try {
      entries.offer(setting, setting.parse(words), origin);
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
