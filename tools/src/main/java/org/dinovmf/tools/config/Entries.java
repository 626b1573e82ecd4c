package org.dinovmf.tools.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Values of settings with their origins; a value that is there stays. Not thread safe. */
final class Entries {

  private final Map<Setting<?>, Entry<?>> map = new LinkedHashMap<>();

  /** A value and where it comes from. */
  record Entry<T>(T value, Origin origin) {}

  Entries() {}

  Entries(Entries other) {
    map.putAll(other.map);
  }

  boolean has(Setting<?> setting) {
    return map.containsKey(setting);
  }

  /** The entry of a setting. */
  @SuppressWarnings("unchecked") // put ties the type of an entry to that of its setting
  <T> Optional<Entry<T>> get(Setting<T> setting) {
    return Optional.ofNullable((Entry<T>) map.get(setting));
  }

  /** The value of a setting, or else its built-in one. */
  <T> T value(Setting<T> setting) {
    return get(setting).map(Entry::value).orElse(setting.builtIn());
  }

  <T> void put(Setting<T> setting, T value, Origin origin) {
    map.put(setting, new Entry<>(value, origin));
  }

  /** Puts a value where there is none yet. */
  <T> void offer(Setting<T> setting, T value, Origin origin) {
    if (!has(setting)) {
      put(setting, value, origin);
    }
  }

  /** Takes a value of others over, with another origin, where there is none yet. */
  <T> void offer(Setting<T> setting, Entries others, Origin origin) {
    others.get(setting).ifPresent(entry -> offer(setting, entry.value(), origin));
  }

  /** Takes a value of others over as it is, where there is none yet. */
  <T> void offer(Setting<T> setting, Entries others) {
    others.get(setting).ifPresent(entry -> offer(setting, entry.value(), entry.origin()));
  }

  /** A setting that is there, such as {@code --epochs 5 (flag)}. */
  <T> String describe(Setting<T> setting) {
    Entry<T> entry = get(setting).orElseThrow();
    return "--%s %s (%s)"
        .formatted(setting.key(), setting.type().arguments(entry.value()), entry.origin());
  }
}
