package org.dinovmf.tools.config;

import java.util.List;
import java.util.Set;

/**
 * Settings that belong together, under one name.
 *
 * @param description one sentence
 * @param unverified keys of the values that no published source states
 */
record Preset(String name, String description, Set<String> unverified, Entries values) {

  public Preset {
    unverified = Set.copyOf(unverified);
  }

  /** What the help says of the preset, in one line. */
  String line() {
    if (unverified.isEmpty()) {
      return "%s: %s".formatted(name, description);
    }
    List<String> keys = Settings.keys().stream().filter(unverified::contains).toList();
    return "%s: %s (unverified: %s)".formatted(name, description, String.join(", ", keys));
  }

  /** The values, with the preset as their origin. */
  Entries layer() {
    Entries layer = new Entries();
    for (Setting<?> setting : Settings.all()) {
      layer.offer(setting, values, Origin.preset(name, !unverified.contains(setting.key())));
    }
    return layer;
  }
}
