package org.dinovmf.tools.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.dinovmf.graph.preprocessing.Normalization;
import org.dinovmf.tools.config.Setting.Section;
import org.dinovmf.training.RunOptions;
import org.dinovmf.training.TrainConfig;
import org.dinovmf.training.checkpoint.AtomicFile;

/** Every setting with its value and the origin of that. Immutable. */
public final class Resolved {

  /** Where a run has its configuration. */
  public static final String FILE_NAME = "config.yaml";

  /** Values shown for one reason, so that a line stays a line. */
  private static final int SHOWN = 6;

  private static final Set<Origin.Kind> CHOSEN = Set.of(Origin.Kind.AUTO, Origin.Kind.NETWORK);

  private final Entries entries;
  private final Optional<Network> network;

  Resolved(Entries entries, Optional<Network> network) {
    this.entries = new Entries(entries);
    this.network = network;
  }

  /** The network whose weights are taken, if any. */
  Optional<Network> network() {
    return network;
  }

  /** The value of a setting. */
  public <T> T get(Setting<T> setting) {
    return entries.value(setting);
  }

  /** Where a value comes from. */
  public Origin origin(Setting<?> setting) {
    return entries.get(setting).orElseThrow().origin();
  }

  /** Whether the mean or the deviation of the channels is still to be measured. */
  public boolean needsStatistics() {
    return get(Settings.MEAN).isEmpty() || get(Settings.STD).isEmpty();
  }

  /** This configuration with the measured mean and deviation where none was given. */
  public Resolved withStatistics(Normalization measured, int images) {
    Entries filled = new Entries(entries);
    Origin origin = Origin.auto("measured on %d images".formatted(images));
    if (get(Settings.MEAN).isEmpty()) {
      filled.put(Settings.MEAN, Optional.of(measured.mean()), origin);
    }
    if (get(Settings.STD).isEmpty()) {
      filled.put(Settings.STD, Optional.of(measured.std()), origin);
    }
    return new Resolved(filled, network);
  }

  /**
   * What the result of the run depends on.
   *
   * @throws ConfigException if values do not go together
   * @throws IllegalStateException if statistics are needed first
   */
  public TrainConfig trainConfig() {
    return new Records(this).trainConfig();
  }

  /**
   * How the run is carried out.
   *
   * @throws IllegalStateException if this was resolved without facts, and no threads were given
   */
  public RunOptions runOptions() {
    return new Records(this).runOptions();
  }

  /** Epochs between two kNN evaluations, empty for none. */
  public Optional<Integer> knnEvery() {
    int every = get(Settings.KNN_EVERY);
    return every == 0 ? Optional.empty() : Optional.of(every);
  }

  /**
   * Refuses values that do not go together.
   *
   * @throws ConfigException with one line for each fault
   */
  void check() {
    new Records(this).check();
  }

  /**
   * Refuses a batch that cannot fit, before the system ends the process without a word.
   *
   * @param memoryBytes of the device that trains
   * @throws ConfigException if a step takes more
   */
  public void requireMemory(long memoryBytes) {
    new Records(this).requireMemory(memoryBytes);
  }

  /** A setting with its value and origin, such as {@code --epochs 5 (flag)}. */
  String describe(Setting<?> setting) {
    return entries.describe(setting);
  }

  /**
   * One line for each reason of what nobody gave, the images, the device or a network, with the
   * values that follow from it.
   */
  public List<String> choices() {
    Map<String, List<String>> byReason = new LinkedHashMap<>();
    for (Setting<?> setting : Settings.all()) {
      Origin origin = origin(setting);
      if (CHOSEN.contains(origin.kind())) {
        byReason
            .computeIfAbsent(reason(origin), reason -> new ArrayList<>())
            .add(setting.key() + " " + arguments(setting));
      }
    }
    List<String> lines = new ArrayList<>();
    byReason.forEach(
        (reason, values) -> {
          int shown = Math.min(SHOWN, values.size());
          String more =
              values.size() > shown ? " and %d more".formatted(values.size() - shown) : "";
          lines.add(
              "%s%s: %s".formatted(String.join(", ", values.subList(0, shown)), more, reason));
        });
    return List.copyOf(lines);
  }

  /** Writes {@link #toYaml} into the folder of a run, as a whole. */
  public void writeTo(Path run) throws IOException {
    byte[] text = toYaml().getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(run.resolve(FILE_NAME), out -> out.write(text));
  }

  private static String reason(Origin origin) {
    return origin.kind() == Origin.Kind.AUTO ? origin.detail() : origin.toString();
  }

  /**
   * The configuration as a YAML file with the origin of each value behind it, which resolves to
   * equal values when it is given again.
   */
  public String toYaml() {
    StringBuilder text = new StringBuilder();
    text.append("# Every setting of a run; behind each value stands its origin.\n");
    text.append("# Can be given again with --config.\n");
    int width = 0;
    for (Setting<?> setting : Settings.all()) {
      width = Math.max(width, assignment(setting).length());
    }
    for (Section section : Section.values()) {
      text.append("\n# ").append(section.title()).append('\n');
      for (Setting<?> setting : Settings.all()) {
        if (setting.section() == section) {
          String assignment = assignment(setting);
          text.append(assignment)
              .append(" ".repeat(width - assignment.length()))
              .append("  # ")
              .append(origin(setting))
              .append('\n');
        }
      }
    }
    return text.toString();
  }

  private <T> String assignment(Setting<T> setting) {
    return setting.key() + ": " + setting.type().yaml(get(setting));
  }

  private <T> String arguments(Setting<T> setting) {
    return setting.type().arguments(get(setting));
  }
}
