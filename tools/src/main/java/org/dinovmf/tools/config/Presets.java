package org.dinovmf.tools.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The presets that ship with the program, one YAML file each. */
public final class Presets {

  private static final List<String> NAMES =
      List.of(
          "dino-vits16-vanilla",
          "dino-vits16",
          "dino-vitb16",
          "dino-vitb8",
          "dino-vmf-vits16",
          "dino-vmf-vitb16",
          "ibot-vits16",
          "ibot-vitb16",
          "ibot-vmf-vits16",
          "ibot-vmf-vitb16",
          "demo",
          "small-28",
          "small-32",
          "small-64",
          "cpu-96");

  private static final String DESCRIPTION = "description";
  private static final String UNVERIFIED = "unverified";

  private Presets() {}

  /** All names. */
  public static List<String> names() {
    return NAMES;
  }

  /** One line for each preset: its name, what it is, and which of its values are unverified. */
  public static List<String> list() {
    return NAMES.stream().map(name -> load(name).line()).toList();
  }

  /** The preset of a name. */
  static Optional<Preset> find(String name) {
    return NAMES.contains(name) ? Optional.of(load(name)) : Optional.empty();
  }

  /** The preset of one of the {@link #names}. */
  static Preset load(String name) {
    List<String> keys = new ArrayList<>(Settings.keys());
    keys.add(DESCRIPTION);
    keys.add(UNVERIFIED);
    List<String> faults = new ArrayList<>();
    Map<String, ConfigFile.Value> read = ConfigFile.parse(name, text(name), keys, faults);
    Entries values = new Entries();
    for (Setting<?> setting : Settings.all()) {
      if (read.containsKey(setting.key())) {
        parse(name, setting, read.get(setting.key()), values, faults);
      }
    }
    List<String> unverified =
        read.containsKey(UNVERIFIED) ? read.get(UNVERIFIED).words() : List.of();
    unverified.stream()
        .filter(key -> !read.containsKey(key))
        .forEach(key -> faults.add("unverified '%s' is not set".formatted(key)));
    if (!read.containsKey(DESCRIPTION)) {
      faults.add("there is no description");
    }
    if (!faults.isEmpty()) {
      throw new IllegalStateException(
          "preset %s is damaged: %s".formatted(name, String.join("; ", faults)));
    }
    return new Preset(name, read.get(DESCRIPTION).words().get(0), Set.copyOf(unverified), values);
  }

  private static <T> void parse(
      String name,
      Setting<T> setting,
      ConfigFile.Value value,
      Entries values,
      List<String> faults) {
    try {
      values.put(setting, setting.parse(value.words()), Origin.file(name, value.line()));
    } catch (IllegalArgumentException e) {
      faults.add("%s %s".formatted(setting.key(), e.getMessage()));
    }
  }

  private static String text(String name) {
    String resource = "presets/" + name + ".yaml";
    try (InputStream stream = Presets.class.getResourceAsStream(resource)) {
      if (stream == null) {
        throw new IllegalStateException(
            "the build lacks the shipped file '%s'; build again".formatted(resource));
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
